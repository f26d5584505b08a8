import { z } from "zod";
import { command } from "../src/core/command.ts";
import { RunId } from "../src/core/option.ts";

/** `/runs show 1f6f2f0c` */
export default command({
  name: "runs show",
  summary: "Show the card of a run, live until it ends",
  // Who may see which run is decided by its cluster, once it is found.
  access: "anyone",
  input: z.object({ id: RunId }),
  run: async (call, { id }) => ({ kind: "run", runId: (await call.runs.find(id, "see")).id }),
});
