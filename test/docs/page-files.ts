import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** This project's own folder. */
export const repository = join(import.meta.dirname, "../..");

/** Writes what the page says into the files it names. */
export async function writePage(folder: string): Promise<void> {
  const page = await readFile(join(repository, "docs/write-a-playbook.md"), "utf8");
  const blocks = page.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  for (const [, language, text = ""] of blocks) {
    const path = language === "yaml" ? "nonet.yaml" : /^\/\/ (my-nonet\/\S+)\n/.exec(text)?.[1];
    if (path !== undefined) await write(join(folder, path), text);
    else if (text.includes("run.ask(")) await writeAsking(join(folder, "my-nonet"), text);
  }
  // What `npm install PATH-OF-NONET` does, and the two files that lie beside the folder in Nonet's own.
  await mkdir(join(folder, "node_modules"));
  await symlink(repository, join(folder, "node_modules/nonet"));
  await symlink(join(repository, "node_modules/@types"), join(folder, "node_modules/@types"));
  for (const name of ["tsconfig.json", ".oxlintrc.json"]) await symlink(join(repository, name), join(folder, name));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Makes a command of its own of the page's lines about asking. */
async function writeAsking(folder: string, lines: string): Promise<void> {
  await write(
    join(folder, "playbooks/db-promote.ts"),
    `import { ClusterName, playbook, z } from "nonet";

export const dbPromote = playbook({
  name: "db promote",
  version: 1,
  input: z.object({ name: ClusterName }),
  risk: "outage",
  cluster: ({ name }) => name,
  async run(run) {
    ${lines.trimEnd().replaceAll("\n", "\n    ")}
    return { ok: true, verdict: "db2 was promoted." };
  },
});
`,
  );
  await write(
    join(folder, "commands/db.promote.ts"),
    `import { commandFor } from "nonet";
import { dbPromote } from "../playbooks/db-promote.ts";

export default commandFor(dbPromote, { name: "db promote", summary: "Ask about db2", access: "operator" });
`,
  );
}
