import { OpsError, toFailure } from "../core/errors.ts";
import type { Patience } from "../core/target.ts";
import { NotStarted, runOver } from "./channel.ts";
import type { Door } from "./door.ts";
import { cancelled } from "./failures.ts";
import { openLink, type Link } from "./link.ts";
import type { Output } from "./output.ts";
import { defaultTiming, explain, persist, type Timing } from "./persist.ts";
import { createSlots } from "../core/slots.ts";

/** One line of the account of what was exchanged with nodes. */
export interface RoundTrip {
  readonly node: string;
  readonly port: number;
  /** `connect`: a new connection was opened. `run`: a script was sent and its output came back. */
  readonly kind: "connect" | "run";
  /** Bytes of output that came back. */
  readonly bytes: number;
  readonly milliseconds: number;
  /** The code of the error that a try to connect ended with; `null` when all went well. */
  readonly failed: string | null;
}

/** What to send to a node. */
export interface Request {
  readonly script: string;
  readonly stdin?: string | Uint8Array;
  /** Bytes of output that are kept per stream; default 1 MiB. */
  readonly keep?: number;
  /** It only reads: when the connection breaks it is simply done again, once. */
  readonly reads?: boolean;
}

/** The way to a node; opens a connection when one is needed and keeps it warm. */
export interface Connection {
  readonly node: string;
  /** The port in use; changes when another was proven. */
  readonly port: number;
  /**
   * Runs a script. The ending of the output says whether it ran to its end.
   * @throws OpsError when the node could not be reached or the call was cancelled before anything was sent
   */
  run(request: Request, patience: Required<Patience>): Promise<Output>;
  /** Opens a new connection over a port and, when that works, uses it from now on. @throws OpsError `prove_failed` */
  prove(port: number, patience: Required<Patience>): Promise<void>;
  close(): void;
}

/** sshd allows ten sessions per connection (`MaxSessions`); a few stay free. */
const sessions = 8;
const mebibyte = 1024 * 1024;

/** A `Connection` that opens links as they are needed. */
export class WarmConnection implements Connection {
  readonly node: string;
  readonly #door: Door;
  /** The one in use first. */
  readonly #ports: number[];
  readonly #onRoundTrip: (trip: RoundTrip) => void;
  readonly #timing: Timing;
  readonly #closed = new AbortController();
  readonly #slots = createSlots(sessions);
  #link: Link | undefined;
  #opening: Promise<Link> | undefined;

  /**
   * @param door how to get in; its port is the first that is tried
   * @param otherPorts tried in turn when that one does not answer (a move of sshd may have been cut short)
   */
  constructor(
    door: Door,
    otherPorts: readonly number[],
    onRoundTrip: (trip: RoundTrip) => void,
    timing: Timing = defaultTiming,
  ) {
    this.node = door.node;
    this.#door = door;
    this.#ports = [door.port, ...otherPorts];
    this.#onRoundTrip = onRoundTrip;
    this.#timing = timing;
  }

  get port(): number {
    return this.#ports[0] ?? this.#door.port;
  }

  async run(request: Request, patience: Required<Patience>): Promise<Output> {
    const signal = this.#limit(patience);
    const release = await this.#slots.take(signal).catch(() => undefined);
    if (release === undefined) throw explain(this.#door, undefined, signal);
    try {
      for (let tries = 1; ; tries++) {
        try {
          const output = await this.#attempt(request, signal);
          if (output.ending.kind !== "lost" || request.reads !== true || tries > 1) return output;
        } catch (error) {
          const again = error instanceof NotStarted && tries <= 2 && !signal.aborted;
          if (!again) throw explain(this.#door, error, signal);
        }
      }
    } finally {
      release();
    }
  }

  async prove(port: number, patience: Required<Patience>): Promise<void> {
    const signal = this.#limit(patience);
    let proven: Link | undefined;
    try {
      proven = await persist(() => this.#open(port, signal), signal, this.#timing);
      const { ending } = await runOver(proven, { script: "true", keep: 1024, signal });
      if (ending.kind !== "exit" || ending.code !== 0) throw new Error("no command could be run over it");
    } catch (cause) {
      proven?.close();
      const { code, message, hint } = explain(this.#door, cause, signal);
      if (code === "cancelled") throw cancelled(this.node, "The new way in was not proven.");
      throw new OpsError({
        code: "prove_failed",
        node: this.node,
        message: `A new SSH connection over port ${port} does not work. ${message}`,
        hint: hint ?? "Look at sshd and the firewall of the node.",
        cause,
      });
    }
    const old = this.#link;
    this.#link = proven;
    this.#ports.splice(0, Infinity, port, ...this.#ports.filter((other) => other !== port));
    void this.#slots.idle().then(() => old?.close());
  }

  close(): void {
    this.#closed.abort(new Error("Nonet closed its connections"));
    this.#link?.close();
  }

  #limit({ signal, deadlineMs }: Required<Patience>): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal, AbortSignal.timeout(Math.ceil(deadlineMs))]);
  }

  async #attempt(request: Request, signal: AbortSignal): Promise<Output> {
    const warm = this.#link?.gone.aborted === false ? this.#link : undefined;
    const link = warm ?? (await persist(() => this.#reopen(), signal, this.#timing));
    const started = performance.now();
    const output = await runOver(link, { keep: mebibyte, ...request, signal });
    this.#account(link.port, "run", output.bytes, started);
    return output;
  }

  /** One try, shared by all who wait for it. */
  #reopen(): Promise<Link> {
    this.#opening ??= (async () => {
      try {
        return (this.#link = await this.#open(this.port, this.#closed.signal));
      } catch (error) {
        this.#ports.push(...this.#ports.splice(0, 1));
        throw error;
      } finally {
        this.#opening = undefined;
      }
    })();
    return this.#opening;
  }

  async #open(port: number, signal: AbortSignal): Promise<Link> {
    const started = performance.now();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#timing.connectMs)]);
    try {
      const link = await openLink({ ...this.#door, port }, limit);
      this.#account(port, "connect", 0, started);
      return link;
    } catch (error) {
      // Somebody who no longer wants to connect says nothing about the node.
      if (!signal.aborted) this.#account(port, "connect", 0, started, toFailure(error).code);
      throw error;
    }
  }

  #account(port: number, kind: RoundTrip["kind"], bytes: number, started: number, failed: string | null = null): void {
    this.#onRoundTrip({ node: this.node, port, kind, bytes, milliseconds: performance.now() - started, failed });
  }
}
