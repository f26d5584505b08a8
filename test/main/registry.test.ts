import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readConfig, readExtensions } from "../../src/config.ts";
import { openRegistry } from "../../src/main/registry.ts";

/** An extension of these files, by their path. */
async function extension(files: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nonet-extension-"));
  for (const name of ["commands", "playbooks"]) await mkdir(join(folder, name));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text ?? "");
  return folder;
}

const hello = `export default { name: "hello", access: "anyone", summary: "", input: {}, run() {} };\n`;

it("finds every file that comes with Nonet", async () => {
  const { commands, playbooks } = await openRegistry(null);
  const count = async (folder: string) =>
    (await readdir(join(import.meta.dirname, "../..", folder))).filter((name) => name.endsWith(".ts")).length;
  expect(commands).toHaveLength(await count("commands"));
  expect(playbooks).toHaveLength(await count("playbooks"));
  for (const { starts } of commands)
    if (starts !== undefined) expect(playbooks.map(({ name }) => name)).toContain(starts);
});

it("adds what is in the folder of extensions; a file exports under any name", async () => {
  const folder = await extension({
    "commands/hello.ts": hello,
    "commands/README.md": "no code",
    "playbooks/hi.ts": `const hi = { name: "hi", risk: "read", run() {} };\nexport { hi };\nexport default hi;\n`,
  });
  const { commands, playbooks } = await openRegistry(folder);
  expect(commands.at(-1)?.name).toBe("hello");
  expect(playbooks.filter(({ name }) => name === "hi")).toHaveLength(1);
});

it.each([
  ["a file without a command", { "commands/a.ts": "export const no = 1;\n" }, /commands\/a\.ts exports no command/],
  ["a command where a playbook belongs", { "playbooks/a.ts": hello }, /playbooks\/a\.ts exports no playbook/],
  [
    "a file that throws",
    { "commands/a.ts": `throw new Error("broken");\n` },
    /commands\/a\.ts cannot be loaded: broken/,
  ],
  [
    "a name that is taken",
    { "commands/a.ts": hello.replace("hello", "cluster build") },
    /Two commands are called “cluster build”/,
  ],
])("refuses %s and names it", async (_what, files, message) => {
  const folder = await extension(files);
  await expect(openRegistry(folder)).rejects.toMatchObject({
    code: "bad_extension",
    message: expect.stringMatching(message),
  });
});

it("says which folder is not there", async () => {
  await expect(openRegistry("/nonexistent")).rejects.toThrow("/nonexistent/commands cannot be read.");
});

it("takes the folder as seen from the configuration, and leaves all other mistakes to who judges them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nonet-config-"));
  const path = join(folder, "nonet.yaml");
  await writeFile(path, "extensions: ./my-nonet\n");
  expect(await readExtensions({ NONET_CONFIG: path })).toBe(join(folder, "my-nonet"));
  expect((await readConfig({ NONET_CONFIG: path }, [])).extensions).toBe(join(folder, "my-nonet"));
  await writeFile(path, "extensions: ./my-nonet\nnonsense: 1\n");
  expect(await readExtensions({ NONET_CONFIG: path })).toBe(join(folder, "my-nonet"));
  expect(await readExtensions({ NONET_CONFIG: join(folder, "none.yaml") })).toBeNull();
});
