import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { describeLock } from "../src/core/lock.ts";
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
    const locks = (await clusters.locks()).map(describeLock);
    return answer({
      ok: true,
      verdict: counted(rows.length, "cluster"),
      table: { columns: ["cluster", "exists"], rows },
      ...(locks.length === 0 ? {} : { text: locks.join("\n") }),
    });
  },
});
