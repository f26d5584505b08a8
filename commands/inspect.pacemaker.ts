import { inspectPacemaker } from "../playbooks/inspect-pacemaker.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect pacemaker prod` */
export default commandFor(inspectPacemaker, {
  name: "inspect pacemaker",
  summary: "Say how the pairs are: members, quorum, places, failed actions and fencing in words",
  access: "viewer",
});
