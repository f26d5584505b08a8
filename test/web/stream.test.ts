import type { SSEStreamingApi } from "hono/streaming";
import { expect, it } from "vitest";
import { tellLive } from "../../src/chat/web/live.ts";
import type { State } from "../../src/chat/web/wire.ts";

const empty: State = {
  ...{ name: "alice", clusters: [], runs: [], ended: [], locks: [], notices: [] },
  ...{ run: null, problem: null },
};

/** A stream whose reader takes one event at a time. */
class SlowStream {
  readonly written: { readonly event?: string; readonly data: string }[] = [];
  aborted = false;
  closed = false;
  #taken = Promise.withResolvers<void>();
  #arrived = Promise.withResolvers<void>();

  onAbort(): void {}

  async writeSSE(message: { readonly event?: string; readonly data: string }): Promise<void> {
    this.written.push(message);
    this.#arrived.resolve();
    await this.#taken.promise;
  }

  /** Waits for the next event, then reads it. */
  async take(): Promise<void> {
    await this.#arrived.promise;
    this.#arrived = Promise.withResolvers();
    this.#taken.resolve();
    this.#taken = Promise.withResolvers();
  }
}

it("keeps nothing for who reads slowly but the newest state", async () => {
  const stream = new SlowStream();
  const stopping = new AbortController();
  let locks = 0;
  let looks = 0;
  let ring = () => undefined as void;
  const telling = tellLive(stream as unknown as SSEStreamingApi, {
    look: async () => {
      looks += 1;
      return { ...empty, locks: [`lock ${locks}`] };
    },
    isSignedIn: async () => true,
    watch: (changed) => {
      ring = changed;
      return () => undefined;
    },
    shown: undefined,
    stopping: stopping.signal,
    now: () => 0,
  });
  await expect.poll(() => stream.written.length).toBe(1);
  for (locks = 1; locks <= 500; locks += 1) ring();
  expect(looks).toBe(1);
  await stream.take();
  await expect.poll(() => stream.written.length).toBe(2);
  expect(looks).toBe(2);
  expect(stream.written[1]?.data).toContain("lock 501");
  stopping.abort();
  await stream.take();
  await expect.poll(() => stream.written.length).toBe(3);
  await stream.take();
  await telling;
  expect(stream.written[2]).toMatchObject({ event: "over", data: '{"why":"stopping"}' });
});
