import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { LabError, type Outcome } from "./shell.ts";

type Json = Readonly<Record<string, unknown>>;
const answer = z.object({ return: z.unknown(), error: z.object({ desc: z.string() }).optional(), id: z.unknown() });

/** Sends commands over a socket of QEMU (its own, or that of the agent inside) and gives each its answer. */
async function talk<T>(socket: string, task: (ask: (command: Json) => Promise<unknown>) => Promise<T>): Promise<T> {
  const connection = connect(socket);
  const lines = createInterface({ input: connection });
  const waiting = new Map<string, (value: z.infer<typeof answer> | Error) => void>();
  const fail = (error: Error): void => waiting.forEach((settle) => settle(error));
  connection.on("error", fail).on("close", () => fail(new Error("the connection was closed")));
  lines.on("line", (line) => {
    const parsed = answer.safeParse(readJson(line));
    if (parsed.success && typeof parsed.data.id === "string") waiting.get(parsed.data.id)?.(parsed.data);
  });
  let last = 0;
  const ask = async (command: Json): Promise<unknown> => {
    const id = `${String(process.pid)}-${String((last += 1))}`;
    const reply = new Promise<z.infer<typeof answer> | Error>((resolve) => waiting.set(id, resolve));
    connection.write(`${JSON.stringify({ ...command, id })}\n`);
    const timer = new AbortController();
    const late = wait(10_000, new Error("no answer within 10 s"), { signal: timer.signal }).catch(
      () => new Error("late"),
    );
    const value = await Promise.race([reply, late]);
    timer.abort();
    waiting.delete(id);
    if (value instanceof Error) throw value;
    if (value.error !== undefined) throw new Error(value.error.desc);
    return value.return;
  };
  try {
    return await task(ask);
  } finally {
    lines.close();
    connection.destroy();
  }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Half a line of an earlier conversation, which the agent's channel keeps.
    return null;
  }
}

/** Presses the power button of a virtual machine. */
export async function pressPower(socket: string): Promise<void> {
  await talk(socket, async (ask) => {
    await ask({ execute: "qmp_capabilities" });
    await ask({ execute: "system_powerdown" });
  });
}

const started = z.object({ pid: z.number() });
const status = z.object({
  exited: z.boolean(),
  exitcode: z.number().optional(),
  signal: z.number().optional(),
  "out-data": z.string().default(""),
  "err-data": z.string().default(""),
});

/**
 * Runs a command inside a virtual machine through the agent there, past its network and firewall.
 * Throws `LabError` when the agent does not answer: the machine is still starting, off, or hangs.
 */
export async function runInVm(socket: string, command: readonly string[], input: string): Promise<Outcome> {
  const [path = "", ...arg] = command;
  const text = (data: string): string => Buffer.from(data, "base64").toString("utf8");
  try {
    return await talk(socket, async (ask) => {
      const args = { path, arg, "capture-output": true, "input-data": Buffer.from(input).toString("base64") };
      const { pid } = started.parse(await ask({ execute: "guest-exec", arguments: args }));
      for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
        const now = status.parse(await ask({ execute: "guest-exec-status", arguments: { pid } }));
        const { exited, exitcode, signal } = now;
        if (exited) {
          return {
            code: exitcode ?? 128 + (signal ?? 0),
            stdout: text(now["out-data"]),
            stderr: text(now["err-data"]),
          };
        }
        await wait(pause);
      }
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError(`The agent inside the virtual machine could not run ${path}: ${reason}.`);
  }
}
