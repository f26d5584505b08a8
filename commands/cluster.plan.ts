import { commandFor } from "../src/core/command.ts";
import { plan } from "../playbooks/plan.ts";

/** `/cluster plan prod` */
export default commandFor(plan, {
  name: "cluster plan",
  summary: "Show what a build would create and change, what it costs and how long it takes",
  access: "viewer",
});
