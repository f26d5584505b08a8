import { repairFirewall } from "../playbooks/repair-firewall.ts";
import { commandFor } from "../src/core/command.ts";

/** `/repair firewall prod` */
export default commandFor(repairFirewall, {
  name: "repair firewall",
  summary: "Put the declared rules back on every node whose rules differ",
  access: "operator",
});
