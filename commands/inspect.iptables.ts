import { inspectIptables } from "../playbooks/inspect-iptables.ts";
import { commandFor } from "../src/core/command.ts";

/** `/inspect iptables prod`, `/inspect iptables prod db1` */
export default commandFor(inspectIptables, {
  name: "inspect iptables",
  summary: "Compare the rules of nodes, running and at boot, with the declared ones; says what each difference means",
  access: "viewer",
});
