import { commandFor } from "../src/core/command.ts";
import { destroy } from "../playbooks/destroy.ts";

/** `/cluster destroy prod` */
export default commandFor(destroy, {
  name: "cluster destroy",
  summary: "Delete the cluster's machines with all their data",
  access: "admin",
});
