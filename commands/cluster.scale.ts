import { scale } from "../playbooks/scale.ts";
import { commandFor } from "../src/core/command.ts";

/** `/cluster scale prod web 4` */
export default commandFor(scale, {
  name: "cluster scale",
  summary: "Change how many web servers there are, without visitors noticing",
  access: "operator",
});
