import type { Journal } from "./journal.ts";
import { forgetNotices } from "./notices.ts";
import { forgetOld } from "./retention.ts";
import { forgetSeries } from "./series.ts";
import type { Store } from "./store/port.ts";

/** Milliseconds between looks whether a new day (UTC) has begun. */
const lookMs = 60_000;

/**
 * Once a day, from whichever process comes first: tells the head of the audit, so that people hold what the store could
 * be checked against, and forgets what is old.
 */
export async function newDay(store: Store, journal: Journal, now: number): Promise<void> {
  const today = new Date(now).toISOString().slice(0, 10);
  const isNew = await journal.transaction(async (page) => {
    const head = await page.get(
      "update audit_head set announced = ? where announced < ? and seq > 0 returning seq, hash",
      [today, today],
    );
    if (head === undefined) return false;
    const text = `The audit has ${String(head["seq"])} records; its head is ${String(head["hash"])}.`;
    // Each day has its own, so that the heads of earlier days stay to be read.
    const [key, title] = [`audit:${today}`, "The audit of today"];
    await page.notice({ topic: "audit", key, severity: "info", cluster: null, title, text });
    return true;
  });
  if (!isNew) return;
  await forgetNotices(store, now);
  await forgetOld(store, now);
  await forgetSeries(store, now);
}

/** Does that at every new day, and at once if today's is still to be done. Returns what ends it. */
export function everyDay(look: () => Promise<void>, onError: (error: unknown) => void): () => Promise<void> {
  let looking = look().catch(onError);
  const timer = setInterval(() => {
    looking = looking.then(look).catch(onError);
  }, lookMs);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
