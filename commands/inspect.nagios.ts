import { inspectNagios } from "../playbooks/inspect-nagios.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect nagios prod` */
export default commandFor(inspectNagios, {
  name: "inspect nagios",
  summary: "Say what Nagios thinks, and since when",
  access: "viewer",
});
