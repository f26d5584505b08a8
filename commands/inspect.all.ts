import { inspectAll } from "../playbooks/inspect-all.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect all prod` */
export default commandFor(inspectAll, {
  name: "inspect all",
  summary: "Run every inspection and say each verdict",
  access: "viewer",
});
