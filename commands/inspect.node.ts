import { inspectNode } from "../playbooks/inspect-node.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect node prod db1` */
export default commandFor(inspectNode, {
  name: "inspect node",
  summary: "Say how one machine is: clock, load, memory, disks, services, addresses, ports",
  access: "viewer",
});
