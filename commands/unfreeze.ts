import { z } from "zod";
import { command } from "../src/core/command.ts";
import { freeText } from "../src/core/option.ts";
import { letGo } from "./shared/locks.ts";

/** `/unfreeze`; a freeze by somebody else is lifted with a reason */
export default command({
  name: "unfreeze",
  summary: "Lift the freeze; what waits goes on. Somebody else's freeze needs a reason",
  access: "operator",
  input: z.object({ reason: freeText.optional() }),
  run: (call, { reason }) => letGo(call, null, reason),
});
