import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { usage } from "../src/core/typed.ts";
import { counted } from "../src/core/words.ts";

/** `/help` */
export default command({
  name: "help",
  summary: "List the commands you may use here",
  access: "anyone",
  input: z.object({}),
  run: (call) => {
    const rows = call.commands.map((each) => [usage(each), each.summary]);
    const table = { columns: ["command", "does"], rows };
    return Promise.resolve(answer({ ok: true, verdict: counted(rows.length, "command"), table }));
  },
});
