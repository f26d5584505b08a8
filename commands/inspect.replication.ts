import { inspectReplication } from "../playbooks/inspect-replication.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect replication prod`, `/inspect replication prod checksums=yes` */
export default commandFor(inspectReplication, {
  name: "inspect replication",
  summary: "Say how both directions of replication are, and what is new since the last inspection",
  access: "viewer",
});
