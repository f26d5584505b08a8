import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connectConsole, submit } from "../../src/chat/console/client.ts";
import { readConfig } from "../../src/config.ts";
import { Inventory } from "../../src/core/cluster.ts";
import { owner, socketPath } from "../../src/main/bot.ts";
import { commands } from "../../src/main/registry.ts";
import { visit } from "./visitors.ts";

/**
 * What visitors notice, 100 in a second over both ports, while `/cluster scale` goes from two web servers to four and
 * back: by the bot and on the nodes of a demo that runs in the lab (`npm run demo`). It approves the plans itself.
 */
export async function* scale(): AsyncGenerator<object> {
  const { stateDir } = await readConfig({ ...process.env, NONET_CONFIG: "/nonexistent" }, commands);
  const demo = `${stateDir}-demo`;
  const socket = await connectConsole(socketPath(demo));
  if (socket === undefined) {
    yield { bench: "scale", skipped: "no demo runs in the lab" };
    return;
  }
  socket.destroy();
  const address = publicAddress(demo);
  for (const count of [4, 2]) {
    const end = visit([`http://${address}/`, `https://${address}/`], 100);
    const start = performance.now();
    const { result } = await submit(socketPath(demo), `/cluster scale demo web ${count}`, owner, {
      card: () => undefined,
      ask: ({ question }) => Promise.resolve(question?.approveWith ?? null),
    });
    const seconds = Math.round((performance.now() - start) / 1000);
    const { requests, failures, worstMs } = await end();
    yield { bench: "scale", to: count, ok: result.ok, seconds, requests, failures, worst_ms: worstMs };
  }
}

function publicAddress(demo: string): string {
  const store = new DatabaseSync(join(demo, "nonet.db"), { readOnly: true });
  const row = store.prepare("select json from inventories where cluster = 'demo'").get();
  store.close();
  return Inventory.parse(JSON.parse(String(row?.["json"]))).publicAddress?.address ?? "";
}
