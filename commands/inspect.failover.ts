import { inspectFailover } from "../playbooks/inspect-failover.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect failover prod db`, `/inspect failover prod db db1` */
export default commandFor(inspectFailover, {
  name: "inspect failover",
  summary: "Say what Pacemaker would do if a node died, by its own scheduler; nothing is changed",
  access: "viewer",
});
