import { inspectDrbd } from "../playbooks/inspect-drbd.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect drbd prod` */
export default commandFor(inspectDrbd, {
  name: "inspect drbd",
  summary: "Say how the replicated disk is on both storage nodes",
  access: "viewer",
});
