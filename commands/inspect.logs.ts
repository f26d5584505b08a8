import { inspectLogs } from "../playbooks/inspect-logs.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect logs prod db1 mariadb` */
export default commandFor(inspectLogs, {
  name: "inspect logs",
  summary: "Show the last lines of a node's journal, of one unit or all warnings; secrets are hidden",
  access: "operator",
});
