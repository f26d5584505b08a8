import { commandFor } from "../src/core/command.ts";
import { status } from "../playbooks/status.ts";

/** `/cluster status prod` */
export default commandFor(status, {
  name: "cluster status",
  summary: "Say what is true right now: one verdict and a table of all nodes",
  access: "viewer",
});
