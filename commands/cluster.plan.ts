import { command } from "../src/core/command.ts";
import { plan } from "../playbooks/plan.ts";

/** `/cluster plan prod` */
export default command({
  name: "cluster plan",
  summary: "Show what a build would create and change, what it costs and how long it takes",
  access: "viewer",
  input: plan.input,
  run: (call, input) => call.start(plan, input),
});
