import { z } from "zod";
import { shortHash } from "../../core/audit.ts";
import type { Caller } from "../../core/caller.ts";
import type { Desk } from "../../core/desk.ts";
import { describeFailure, toFailure } from "../../core/errors.ts";
import type { Result } from "../../core/playbook.ts";
import type { AuditView } from "./wire.ts";

/** As many of the newest records as a page shows. */
const newest = 200;

const Head = z.object({ seq: z.int() });
const Exported = z.object({
  records: z.array(
    z.object({
      seq: z.int(),
      at: z.string(),
      kind: z.string(),
      actor: z.string().nullable(),
      cluster: z.string().nullable(),
      data: z.json(),
    }),
  ),
});

/**
 * Whether the audit is whole, and its newest records, newest first: what `/audit verify` and `/audit export` answer, with
 * their rights and their own traces in it.
 * @throws OpsError the denial, for whoever may not even verify it.
 */
export async function auditView(desk: Desk, caller: Caller): Promise<AuditView> {
  const { ok, verdict, data } = await answerTo(desk, "audit verify", {}, caller);
  const { seq } = Head.parse(data);
  try {
    const since = String(Math.max(0, seq - newest));
    const { records } = Exported.parse((await answerTo(desk, "audit export", { since }, caller)).data);
    const rows = records.toReversed().slice(0, newest);
    return { ok, verdict, denial: null, records: rows.map(rowOf) };
  } catch (error) {
    return { ok, verdict, denial: describeFailure(toFailure(error)), records: null };
  }
}

async function answerTo(...[desk, ...asked]: [Desk, ...Parameters<Desk["use"]>]): Promise<Result> {
  const receipt = await desk.use(...asked);
  if (receipt.kind !== "answer") throw new TypeError(`/${asked[0]} gives no answer`);
  return receipt.result;
}

const rowOf = ({ actor, cluster, data, ...rest }: z.infer<typeof Exported>["records"][number]) => ({
  ...rest,
  actor: actor ?? "",
  cluster: cluster ?? "",
  data: wordsOf(data),
});

/** `command audit verify · channel null`, hashes only as long as people compare them. */
function wordsOf(data: unknown): string {
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  return Object.entries(data)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ")
    .replaceAll(/\b[0-9a-f]{64}\b/g, shortHash);
}
