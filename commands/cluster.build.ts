import { commandFor } from "../src/core/command.ts";
import { build } from "../playbooks/build.ts";

/** `/cluster build prod` */
export default commandFor(build, {
  name: "cluster build",
  summary: "Build the cluster, or bring it back to its blueprint; ends with proof from outside",
  access: "operator",
});
