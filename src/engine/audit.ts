import { createHash } from "node:crypto";
import type { AuditFact, AuditFinding, AuditHead, AuditRecord } from "../core/audit.ts";
import { canonicalJson } from "../core/json.ts";
import type { Row, Sql, Store } from "./store/port.ts";

/** What the first record follows. */
const nothing = "0".repeat(64);
/** Records read at once. */
const batch = 1000;

/** The audit of a store, to be read. */
export interface Chain {
  head(): Promise<AuditHead>;
  verify(known?: string): Promise<AuditFinding>;
  records(since?: string | number): Promise<readonly AuditRecord[]>;
}

/**
 * Appends facts to the chain and returns the hash of each. From here to the end of the transaction nobody else appends,
 * so this belongs at its end.
 */
export async function seal(sql: Sql, facts: readonly AuditFact[], at: string): Promise<string[]> {
  if (facts.length === 0) return [];
  // Locks the head, which puts all who append in a row.
  const head = headOf(await sql.get("update audit_head set seq = seq + ? returning seq, hash", [facts.length]));
  let prev = head.hash;
  const records = facts.map(({ kind, actor, cluster, data }, index): AuditRecord => {
    const record = { seq: head.seq - facts.length + 1 + index, at, kind, actor, cluster, data, prev };
    prev = hashOf(record);
    return { ...record, hash: prev };
  });
  await Promise.all([
    ...records.map((record) => insert(sql, record)),
    sql.run("update audit_head set hash = ?", [prev]),
  ]);
  return records.map(({ hash }) => hash);
}

/** Opens the audit for reading. */
export function openChain(store: Store): Chain {
  const head = async () => headOf(await store.get("select seq, hash from audit_head"));
  return {
    head,
    verify: async (known) => verify(store, await head(), known),
    records: async (since = 0) => {
      const from = typeof since === "number" ? "seq >= ?" : "at >= ?";
      return (await store.all(`select * from audit where ${from} order by seq`, [since])).map(recordOf);
    },
  };
}

function headOf(row: Row | undefined): AuditHead {
  if (row === undefined) throw new TypeError("the audit has lost its head");
  return { seq: Number(row["seq"]), hash: String(row["hash"]) };
}

function hashOf({ seq, at, kind, actor, cluster, data, prev }: Omit<AuditRecord, "hash">): string {
  return createHash("sha256").update(canonicalJson({ seq, at, kind, actor, cluster, data, prev })).digest("hex");
}

function insert(sql: Sql, { seq, at, kind, actor, cluster, data, prev, hash }: AuditRecord): Promise<void> {
  return sql.run("insert into audit (seq, at, kind, actor, cluster, json, prev, hash) values (?,?,?,?,?,?,?,?)", [
    seq,
    at,
    kind,
    actor,
    cluster,
    canonicalJson(data),
    prev,
    hash,
  ]);
}

/** @throws SyntaxError when its data is no JSON any more. */
function recordOf(row: Row): AuditRecord {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  return {
    seq: Number(row["seq"]),
    at: String(row["at"]),
    kind: String(row["kind"]),
    actor: text("actor"),
    cluster: text("cluster"),
    data: JSON.parse(String(row["json"])),
    prev: String(row["prev"]),
    hash: String(row["hash"]),
  };
}

async function verify(store: Store, head: AuditHead, known: string | undefined): Promise<AuditFinding> {
  let last: AuditHead = { seq: 0, hash: nothing };
  let seen = known === undefined;
  while (last.seq < head.seq) {
    const rows = await store.all("select * from audit where seq > ? order by seq limit ?", [last.seq, batch]);
    for (const row of rows) {
      const why = flaw(row, last);
      if (why !== undefined) return { ok: false, seq: Number(row["seq"]), why };
      last = headOf(row);
      if (known !== undefined && last.hash.startsWith(known)) seen = true;
      if (last.seq === head.seq) break;
    }
    if (rows.length === 0) return { ok: false, seq: last.seq + 1, why: `is missing, and so is all up to ${head.seq}` };
  }
  if (last.hash !== head.hash) return { ok: false, seq: head.seq, why: "is not the head that was written last" };
  if (seen) return { ok: true, head };
  return { ok: false, seq: head.seq, why: `does not follow the head ${known}, which is not in the chain at all` };
}

/** What is wrong with a record after this one; `undefined` when nothing is. */
function flaw(row: Row, last: AuditHead): string | undefined {
  if (Number(row["seq"]) !== last.seq + 1) return `follows ${last.seq}: what was between them is missing`;
  if (row["prev"] !== last.hash) return `does not follow ${last.seq}: one of them is another record than it was`;
  try {
    const record = recordOf(row);
    const asWritten = canonicalJson(record.data) === row["json"] && hashOf(record) === record.hash;
    return asWritten ? undefined : "was altered";
  } catch {
    return "was altered";
  }
}
