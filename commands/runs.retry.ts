import { z } from "zod";
import { command } from "../src/core/command.ts";
import { RunId } from "../src/core/option.ts";

/** `/runs retry 1f6f2f0c` */
export default command({
  name: "runs retry",
  summary: "Give the command of a run once more, however that run ended",
  // Whoever may give the command that started a run may do so again.
  access: "anyone",
  input: z.object({ id: RunId }),
  run: async (call, { id }) => call.runs.again(await call.runs.find(id, "repeat"), false),
});
