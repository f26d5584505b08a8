import { command } from "../src/core/command.ts";
import { destroy } from "../playbooks/destroy.ts";

/** `/cluster destroy prod` */
export default command({
  name: "cluster destroy",
  summary: "Delete the cluster's machines with all their data",
  access: "admin",
  input: destroy.input,
  run: (call, input) => call.start(destroy, input),
});
