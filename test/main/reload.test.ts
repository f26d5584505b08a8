import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { request, submit } from "../../src/chat/console/client.ts";
import { owner, socketPath } from "../../src/main/bot.ts";

const cluster = (name: string) => `{ name: ${name}, operators: [198.51.100.7/32] }`;

it("reads its configuration again on SIGHUP, and keeps the old one when the new one is wrong", async () => {
  const dir = await mkdtemp(join(tmpdir(), "nonet-hup-"));
  const path = join(dir, "nonet.yaml");
  const write = (people: string, clusters: string) => writeFile(path, `people: [${people}]\nclusters: [${clusters}]\n`);
  await write("{ name: dave, console: dave, roles: [viewer] }", cluster("prod"));
  const bot = spawn(process.execPath, ["src/main.ts", "start"], {
    env: { ...process.env, NONET_CONFIG: path, NONET_STATE_DIR: dir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: bot.stdout })[Symbol.asyncIterator]();
  const said = async () => String((await lines.next()).value);
  const hangUp = () => {
    bot.kill("SIGHUP");
    return said();
  };
  const usages = async (user: string) => {
    const response = await request(socketPath(dir), { kind: "commands", user });
    return response.kind === "commands" ? response.usages : [];
  };
  try {
    expect(await said()).toContain(`Nonet runs as process ${bot.pid}`);
    expect(await usages("dave")).toContain("/cluster list");
    await write("{ name: dave, console: dave, roles: [emperor] }", "");
    expect(await hangUp()).toContain("people.0.roles.0: there is no role emperor");
    expect(await usages("dave")).toContain("/cluster list");
    await write("{ name: erin, console: erin, roles: [operator] }", `${cluster("prod")}, ${cluster("staging")}`);
    const changes = "New configuration: people: dave removed and erin added; clusters: staging added.";
    expect(await hangUp()).toBe(changes);
    expect(await usages("dave")).toEqual([]);
    expect(await usages("erin")).toContain("/cluster build NAME");
    expect(await usages(owner)).toContain("/cluster destroy NAME");
    expect(await readFile(join(dir, "nonet.log"), "utf8")).toContain(changes);
    const watcher = { card: () => undefined, ask: () => Promise.resolve(null) };
    const { result } = await submit(socketPath(dir), "/cluster export staging", "erin", watcher);
    expect(result.text).toContain("name: staging");
  } finally {
    bot.kill("SIGTERM");
    await once(bot, "exit");
    await rm(dir, { recursive: true, force: true });
  }
});
