import type { TopologyDrawing } from "./drawing.ts";
import type { Json } from "./json.ts";
import type { Ending, Raised, Severity } from "./notice.ts";
import type { Word } from "./series.ts";

/** Something that is wrong, as the watch knows it. */
export interface OpenConcern {
  readonly key: string;
  readonly severity: Severity;
  readonly title: string;
  /** When it was first seen; milliseconds since 1970. */
  readonly since: number;
  /** Whether people were told; not while it is muted, or explained by a run. */
  readonly told: boolean;
}

/** Something that is looked at on a beat of its own. */
interface BeatAt {
  readonly name: string;
  readonly everyMs: number;
  /** When it was looked at last; milliseconds since 1970. */
  readonly at: number;
}

/** What was true of a cluster when all of its nodes had been asked. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ok: boolean;
  readonly verdict: string;
  /** Of the same minute the same, as long as nothing changes. */
  readonly drawing: TopologyDrawing;
}

/** The last look at a cluster. Times are milliseconds since 1970. */
export interface Round {
  readonly cluster: string;
  readonly at: number;
  readonly tookMs: number;
  readonly nodes: number;
  /** Names of nodes that did not answer. */
  readonly silent: readonly string[];
  /** What holds alarms back: `/cluster build prod`; `null` for nothing. */
  readonly explainedBy: string | null;
  readonly beats: readonly BeatAt[];
  /** The oldest first. */
  readonly open: readonly OpenConcern[];
  /** The last whole one; nodes may have been left in peace since. `null` before the first. */
  readonly snapshot: Snapshot | null;
}

/** What the watch saw, for whoever asks. */
export interface Watched {
  /** The last look at each cluster, by name. */
  rounds(): Promise<readonly Round[]>;
  /** `undefined` for a cluster that is not watched. */
  round(cluster: string): Promise<Round | undefined>;
}

/** Whether a key is the one of these words or begins with them: `disk web1` covers `disk web1 /var`, not `disk web10`. */
export const covers = (words: string, key: string): boolean => key === words || key.startsWith(`${words} `);

/** Something nobody wants to hear of for now. Times are milliseconds since 1970. */
export interface Mute {
  readonly cluster: string;
  /** First words of the keys it is about; `null` for all of the cluster. */
  readonly about: string | null;
  readonly until: number;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** Whether one of them is about this key. */
export const isMuted = (mutes: readonly Mute[], key: string): boolean =>
  mutes.some(({ about }) => about === null || covers(about, key));

/** Milliseconds a mute may last at most: what was forgotten comes back within a week. */
export const longestMuteMs = 7 * 24 * 3_600_000;

/** Mutes: each has an end. */
export interface Mutes {
  /** Those that hold; of all clusters for `null`. */
  list(cluster: string | null): Promise<readonly Mute[]>;
  /** Takes the place of the one for the same. Returns it. */
  set(mute: Omit<Mute, "at" | "until">, milliseconds: number): Promise<Mute>;
  /** Returns the one that was lifted; `undefined` when there is none. */
  lift(cluster: string, about: string | null, actor: string): Promise<Mute | undefined>;
}

/** What a look came to. */
export interface Kept {
  /** What the next look has to know, whoever takes it. */
  readonly memory: Json;
  readonly round: Round;
  readonly words: readonly Word[];
  readonly raised: readonly Raised[];
  readonly resolved: readonly ({ readonly key: string } & Ending)[];
}

/** Which instance looks at which cluster, and what it saw. */
export interface Watches {
  /**
   * Takes a cluster for the next look, or keeps it. Returns what the last look left, `null` after none; `undefined` while
   * it is another instance's. The instances that live share the clusters; what one that died had is free at once.
   */
  claim(cluster: string): Promise<Json | undefined>;
  /** All of it or none. Returns `false`, and keeps nothing, when the cluster is another's by now. */
  keep(cluster: string, kept: Kept): Promise<boolean>;
  /** The run that changes the cluster now, as it is called; not one that waits for a person. `null` for none. */
  busy(cluster: string): Promise<string | null>;
  /** Whether it was built to its end: one that never was is not whole, which is no news. */
  isBuilt(cluster: string): Promise<boolean>;
  /** What was told of it is over, and it is watched no more. */
  forget(cluster: string): Promise<void>;
  /** Gives all back, for others to take at once. */
  release(): Promise<void>;
}
