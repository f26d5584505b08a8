import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import type { Playbook } from "../core/playbook.ts";

/** All that can be typed, and all that can run. */
export interface Registry {
  /** In the order of their files. */
  readonly commands: readonly Command[];
  /** Every playbook the engine may run or take up again. */
  readonly playbooks: readonly Playbook[];
}

const builtIn = await readFolder(join(import.meta.dirname, "../.."));

/** The commands that come with Nonet. */
export const { commands } = builtIn;

/**
 * What comes with Nonet and, where there are any, the extensions: another folder with `commands/` and `playbooks/`.
 * Reading it again finds what was read first: new code comes with a new process.
 * @throws OpsError `bad_extension` that names the file and what is wrong with it.
 */
export async function openRegistry(extensions: string | null): Promise<Registry> {
  if (extensions === null) return builtIn;
  const own = await readFolder(extensions);
  return {
    commands: noTwo("commands", [...builtIn.commands, ...own.commands]),
    playbooks: noTwo("playbooks", [...builtIn.playbooks, ...own.playbooks]),
  };
}

async function readFolder(folder: string): Promise<Registry> {
  return {
    commands: await readModules(join(folder, "commands"), "command", isCommand),
    playbooks: await readModules(join(folder, "playbooks"), "playbook", isPlaybook),
  };
}

/** From each file of a folder what is of a kind, under whatever name it is exported. */
async function readModules<T>(folder: string, kind: string, is: (value: unknown) => value is T): Promise<T[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw bad(`${folder} cannot be read.`, "An extension has two folders, commands and playbooks.", cause);
  });
  const files = names.filter((name) => name.endsWith(".ts")).toSorted();
  const found = files.map(async (name) => {
    const path = join(folder, name);
    const exported = await import(pathToFileURL(path).href).catch((cause: unknown) => {
      throw bad(
        `${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
        undefined,
        cause,
      );
    });
    // The same thing under two names is one thing.
    const values = [...new Set(Object.values(exported as object))].filter(is);
    if (values.length === 0) throw bad(`${path} exports no ${kind}.`, `Export what ${kind}() returns.`);
    return values;
  });
  return (await Promise.all(found)).flat();
}

function isCommand(value: unknown): value is Command {
  return isRecord(value) && typeof value["run"] === "function" && typeof value["access"] === "string";
}

function isPlaybook(value: unknown): value is Playbook {
  return isRecord(value) && typeof value["run"] === "function" && typeof value["risk"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function noTwo<T extends { readonly name: string }>(kind: string, all: readonly T[]): readonly T[] {
  const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) !== at);
  if (twice === undefined) return all;
  throw bad(`Two ${kind} are called “${twice.name}”.`, "Give the one in your own folder another name.");
}

function bad(message: string, hint?: string, cause?: unknown): OpsError {
  return new OpsError({ code: "bad_extension", message, cause, ...(hint === undefined ? {} : { hint }) });
}
