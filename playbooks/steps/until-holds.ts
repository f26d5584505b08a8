import type { StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";

/** One proof: what was looked at, and whether it holds. */
export interface Proof {
  readonly ok: boolean;
  readonly sentence: string;
}

/** Pacemaker needs a minute to start everything after a first build; a healthy cluster answers at the first look. */
const settleMs = 180_000;

/** Repeats a proof until it holds or its time is up: what was just started needs a while to come to rest. */
export async function untilHolds(
  services: Services,
  context: StepContext,
  look: () => Promise<Proof>,
  patienceMs = settleMs,
): Promise<Proof> {
  const end = services.clock.now() + patienceMs;
  for (;;) {
    const proof = await look();
    if (proof.ok || services.clock.now() > end) return proof;
    context.say(proof.sentence);
    await services.clock.sleep(2000, context.signal);
  }
}
