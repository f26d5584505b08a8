import { z } from "zod";
import { command } from "../src/core/command.ts";
import { freeText } from "../src/core/option.ts";
import { holdUp } from "./shared/locks.ts";

/** `/freeze the provider has an outage` */
export default command({
  name: "freeze",
  summary: "Hold all changes of all clusters until they are unfrozen; they wait in line",
  access: "operator",
  input: z.object({ reason: freeText }),
  run: (call, { reason }) => holdUp(call, null, reason),
});
