import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { counted } from "../src/core/words.ts";

/** `/cluster list` */
export default command({
  name: "cluster list",
  summary: "List all clusters and how much of each exists",
  access: "viewer",
  input: z.object({}),
  async run(call) {
    const { clusters } = call.services;
    const rows = await Promise.all(
      (await clusters.list()).map(async (name) => {
        const nodes = Object.keys((await clusters.inventory(name))?.nodes ?? {}).length;
        return [name, nodes === 0 ? "not built" : counted(nodes, "node")];
      }),
    );
    return answer({
      ok: true,
      verdict: counted(rows.length, "cluster"),
      table: { columns: ["cluster", "exists"], rows },
    });
  },
});
