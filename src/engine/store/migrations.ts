import { OpsError } from "../../core/errors.ts";

/**
 * Each entry brings the store from the version of its index to the next; never edited once released. Written in
 * SQLite's words, which `inPostgres` translates.
 */
const migrations: readonly string[] = [
  `create table blueprints (cluster text not null, version integer not null, json text not null, at text not null,
     primary key (cluster, version)) strict;
   create table inventories (cluster text primary key, json text not null, at text not null) strict;
   create table secrets (cluster text not null, name text not null, sealed blob not null, at text not null,
     primary key (cluster, name)) strict;
   create table runs (id text primary key, playbook text not null, version integer not null, cluster text,
     input text not null, risk text not null, actor text not null, engine_id text, created_at text not null,
     outcome text, seconds real, changed integer, cancelled_by text) strict;
   create index runs_unfinished on runs (cluster) where outcome is null;
   create table cluster_locks (cluster text primary key, run_id text not null, at text not null) strict;
   create table events (run_id text not null, seq integer not null, at text not null, json text not null,
     primary key (run_id, seq)) strict;
   create table approvals (id text primary key, run_id text not null, json text not null,
     expires_at integer not null, verdict text, actor text, decided_at text) strict;`,
  `create table instances (id text primary key, started text not null, seen_at integer not null) strict;
   alter table runs add column instance text;
   alter table runs add column turn integer not null default 0;
   alter table runs add column last_seq integer not null default 0;
   update runs set last_seq = (select coalesce(max(seq), 0) from events where run_id = runs.id);
   insert into instances select 'the first version', min(created_at), 0 from runs where outcome is null
     having count(*) > 0;
   update runs set instance = 'the first version' where outcome is null;`,
  `drop table cluster_locks;
   create table lines (line text primary key, actor text, reason text, at text) strict;
   alter table runs add column line text;
   alter table runs add column place integer;
   alter table runs add column begun_at text;
   alter table runs add column resumes text;
   update runs set begun_at = created_at;
   update runs set line = coalesce(cluster, '') where risk <> 'read';
   create unique index runs_changing on runs (line) where outcome is null and begun_at is not null;
   create unique index runs_in_line on runs (line, place);`,
  `alter table runs add column parked integer not null default 0;
   alter table approvals add column heard integer not null default 0;
   alter table approvals add column fate text;
   update approvals set heard = 1 where verdict is not null;
   update approvals set fate = 'used' where verdict = 'approved';
   update approvals set verdict = 'expired' where verdict is null;
   create index approvals_unheard on approvals (run_id) where heard = 0;
   create table votes (approval_id text not null, actor text not null, typed integer not null, via text not null,
     at text not null, primary key (approval_id, actor)) strict;
   create table reviews (id text primary key, run_id text not null, actor text not null, reason text not null,
     at text not null, acknowledged_by text, acknowledged_at text) strict;
   create table code_uses (actor text primary key, step integer not null) strict;
   create table code_failures (approval_id text not null, actor text not null, count integer not null,
     primary key (approval_id, actor)) strict;`,
  `create table audit (seq integer primary key, at text not null, kind text not null, actor text, cluster text,
     json text not null, prev text not null, hash text not null) strict;
   create table audit_head (seq integer not null, hash text not null, announced text not null) strict;
   insert into audit_head values (0, '${"0".repeat(64)}', '');
   create trigger audit_no_update before update on audit begin select raise(abort, 'append-only'); end;
   create trigger audit_no_delete before delete on audit begin select raise(abort, 'append-only'); end;
   create trigger audit_head_no_delete before delete on audit_head begin select raise(abort, 'append-only'); end;`,
  `create table run_places (run_id text not null, place text not null, primary key (run_id, place)) strict;
   create table outbox (id text primary key, place text not null, run_id text, seq integer not null, kind text not null,
     text text, actor text, at integer not null, attempts integer not null default 0, next_at integer not null default 0,
     delivered_at integer, failed text, message_id text, posting integer, told_seq integer not null default 0,
     told_at integer, holder text, held_until integer not null default 0) strict;
   create index outbox_waiting on outbox (place) where delivered_at is null and failed is null;
   create index outbox_run on outbox (run_id);`,
  `create table plan_views (approval_id text not null, actor text not null, primary key (approval_id, actor)) strict;
   alter table outbox add column tone text;
   alter table outbox add column mentions text;
   alter table outbox add column urgent_seq integer not null default 0;`,
  // Lines that an earlier version has not said yet become notices of their own.
  `create table notices (id text primary key, key text not null, topic text not null, severity text not null,
     cluster text, title text not null, text text not null, facts text not null default '[]',
     actions text not null default '[]', listing text, actor text, run_id text, count integer not null default 1,
     first_at integer not null, last_at integer not null, said_at integer not null, said_count integer not null default 1,
     open integer not null default 1, acknowledged_by text, acknowledged_at integer, resolved_at integer,
     seq integer not null default 1) strict;
   create unique index notices_open on notices (key) where open = 1;
   create index notices_key on notices (key);
   create table held_notices (notice_id text not null, place text not null, hours text not null,
     primary key (notice_id, place)) strict;
   alter table outbox add column notice_id text;
   create index outbox_notice on outbox (notice_id);
   create index outbox_message on outbox (message_id);
   insert into notices (id, key, topic, severity, title, text, actor, first_at, last_at, said_at)
     select id, id, 'ended', 'info', text, '', actor, at, at, at from outbox
     where kind = 'notice' and delivered_at is null and failed is null;
   update outbox set notice_id = id, seq = 1 where kind = 'notice' and delivered_at is null and failed is null;`,
  `create table sights (cluster text not null, kind text not null, at text not null, json text not null,
     primary key (cluster, kind)) strict;`,
  `create table web_links (hash text primary key, actor text not null, via text not null, id text not null,
     expires_at integer not null) strict;
   create table web_sessions (hash text primary key, actor text not null, via text not null, id text not null,
     began_at integer not null, seen_at integer not null) strict;
   create index web_sessions_actor on web_sessions (actor);`,
  `alter table notices add column offers text not null default '[]';
   create table watches (cluster text primary key, holder text not null, memory text, round text) strict;
   create table mutes (cluster text not null, about text not null, until integer not null, actor text not null,
     reason text not null, at integer not null, primary key (cluster, about)) strict;
   create table series (id integer primary key, cluster text not null, node text not null, metric text not null) strict;
   create index series_of on series (cluster, metric);
   create table points (series integer not null, span integer not null, at integer not null, low real not null,
     high real not null, total real not null, count integer not null, primary key (series, span, at)) strict, without rowid;
   create index points_old on points (span, at);
   create table words (cluster text not null, metric text not null, node text not null, at integer not null,
     text text not null, primary key (cluster, metric, node, at)) strict, without rowid;`,
  // How many web servers the configuration asked for when it was read last.
  `create table configured (cluster text primary key, web integer not null) strict;`,
];

/** A migration in the words of PostgreSQL, whose integers and reals are too small by default. */
export function inPostgres(migration: string): string {
  const words = {
    " strict": "",
    ", without rowid": "",
    blob: "bytea",
    integer: "bigint",
    real: "double precision",
    "begin select raise(abort, 'append-only'); end": "execute function append_only()",
  };
  return Object.entries(words).reduce((text, [sqlite, postgres]) => text.replaceAll(sqlite, postgres), migration);
}

/**
 * The migrations a store of this version still needs, with the version each leads to.
 * @throws OpsError `store_too_new` when a newer Nonet wrote the store.
 */
export function pending(name: string, found: number): readonly (readonly [migration: string, version: number])[] {
  if (found > migrations.length) {
    throw new OpsError({
      code: "store_too_new",
      message: `The store ${name} was written by a newer Nonet (store version ${found}, this one knows ${migrations.length}).`,
      state: "Nothing was changed.",
      hint: "Start the newer Nonet, or put a backup of the older store in its place.",
    });
  }
  return migrations.map((migration, at) => [migration, at + 1] as const).slice(found);
}
