import { createHash, randomBytes } from "node:crypto";
import type { Audit } from "../core/audit.ts";
import type { Identity } from "../core/caller.ts";
import type { Holder, SignIns } from "../core/sign-in.ts";
import type { Row, Store } from "./store/port.ts";

/** Milliseconds. */
const minute = 60_000;
const linkMs = 5 * minute;
const idleMs = 60 * minute;
const longestMs = 12 * 60 * minute;

/** Opens the sign-ins of a store; `now` is in milliseconds since 1970. What people do with them is audited. */
export function openSignIns(store: Store, audit: Pick<Audit, "record">, now: () => number): SignIns {
  const forgetOld = async () => {
    await store.run("delete from web_links where expires_at <= ?", [now()]);
    await store.run("delete from web_sessions where seen_at <= ? or began_at <= ?", [
      now() - idleMs,
      now() - longestMs,
    ]);
  };
  const told = (kind: string, { actor, identity: { via, id } }: Holder, more: object = {}) =>
    audit.record({ kind, actor, cluster: null, data: { by: `${via}:${id}`, ...more } });
  return {
    issue: async (holder) => {
      await forgetOld();
      const token = newToken();
      const { actor, identity } = holder;
      await store.run("insert into web_links (hash, actor, via, id, expires_at) values (?, ?, ?, ?, ?)", [
        ...[hashOf(token), actor, identity.via, identity.id],
        now() + linkMs,
      ]);
      await told("web.link", holder);
      return token;
    },
    redeem: async (link) => {
      // Taken out first: of two who have the same link, one gets in.
      const row = await store.get("delete from web_links where hash = ? and expires_at > ? returning *", [
        hashOf(link),
        now(),
      ]);
      if (row === undefined) return undefined;
      const holder = holderOf(row);
      const token = newToken();
      await told("web.signed-in", holder);
      await store.run("insert into web_sessions (hash, actor, via, id, began_at, seen_at) values (?, ?, ?, ?, ?, ?)", [
        ...[hashOf(token), holder.actor, holder.identity.via, holder.identity.id],
        ...[now(), now()],
      ]);
      return { token, holder };
    },
    holder: async (session) => {
      const row = await store.get("select * from web_sessions where hash = ? and seen_at > ? and began_at > ?", [
        hashOf(session),
        now() - idleMs,
        now() - longestMs,
      ]);
      if (row === undefined) return undefined;
      // Not at every request: a page that is open asks all the time.
      if (now() - Number(row["seen_at"]) > minute)
        await store.run("update web_sessions set seen_at = ? where hash = ?", [now(), hashOf(session)]);
      return holderOf(row);
    },
    end: async (session) => {
      const row = await store.get("delete from web_sessions where hash = ? returning *", [hashOf(session)]);
      if (row !== undefined) await told("web.signed-out", holderOf(row));
    },
    endAll: async (actor) => {
      await store.run("delete from web_links where actor = ?", [actor]);
      const rows = await store.all("delete from web_sessions where actor = ? returning *", [actor]);
      for (const row of rows) await told("web.signed-out", holderOf(row));
      return rows.length;
    },
  };
}

const newToken = (): string => randomBytes(32).toString("base64url");

/** Tokens are random, so nobody finds them from their hashes, salted or not. */
const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

function holderOf(row: Row): Holder {
  const identity: Identity = { via: viaOf(String(row["via"])), id: String(row["id"]) };
  return { actor: String(row["actor"]), identity };
}

function viaOf(text: string): Identity["via"] {
  if (text === "slack" || text === "discord" || text === "console") return text;
  throw new TypeError(`nobody asks for a link via ${text}`);
}
