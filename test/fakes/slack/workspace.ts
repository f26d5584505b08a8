import type { Clock } from "./clock.ts";
import { withIds } from "./controls.ts";
import { mentionsIn, type Mention } from "./mentions.ts";
import type { FakeChannel, FakeUser, Population } from "./people.ts";
import type { Shape } from "./shape.ts";

/** What a message shows. */
interface Content {
  readonly text: string;
  readonly blocks: Shape[];
}

/** A message in a channel, or one that a single person sees. */
export interface FakeMessage extends Content {
  readonly ts: string;
  readonly channel: string;
  /** Null for what Slackbot says to one person when something went wrong. */
  readonly user: string | null;
  /** Set when an app wrote it. */
  readonly botId: string | null;
  readonly threadTs: string | null;
  /** The only person who sees it; null for everybody. */
  readonly onlyFor: string | null;
  text: string;
  blocks: Shape[];
  metadata: Shape | null;
  /** Every state it has shown, oldest first; the last is the present one. */
  readonly versions: Content[];
  readonly reactions: string[];
  readonly files: FakeFile[];
  pinned: boolean;
  deleted: boolean;
}

export interface FakeFile {
  readonly id: string;
  readonly name: string;
  /** Announced, in bytes. */
  readonly length: number;
  content: Buffer | null;
  title: string | null;
}

/** A modal or a Home tab that somebody looks at. */
export interface FakeView {
  readonly id: string;
  readonly user: string;
  readonly type: "modal" | "home";
  readonly rootId: string;
  readonly previousId: string | null;
  view: Shape;
  hash: string;
}

/** Somebody, or everybody, was alerted. */
export interface Ping extends Mention {
  readonly channel: string;
  readonly ts: string;
  /** Slack highlights, but rings nobody, when a message is edited. */
  readonly edited: boolean;
}

/** What is known of a message before it is there. */
export type NewMessage = Pick<FakeMessage, "channel" | "user" | "text"> &
  Partial<Pick<FakeMessage, "botId" | "threadTs" | "onlyFor" | "blocks" | "metadata" | "files">> & {
    readonly linkNames?: boolean;
  };

/** Everything there is in the workspace, and what happened in it. */
export class Workspace {
  readonly population: Population;
  readonly clock: Clock;
  readonly users: ReadonlyMap<string, FakeUser>;
  readonly channels: ReadonlyMap<string, FakeChannel>;
  readonly messages: FakeMessage[] = [];
  readonly views: FakeView[] = [];
  readonly files = new Map<string, FakeFile>();
  /** How many messages with an uploaded picture are refused from now on: Slack takes a moment to look at a new file. */
  unseenPictures = 0;
  readonly pings: Ping[] = [];
  /** What the app did that Slack lets pass but should not be done. */
  readonly wrongs: string[] = [];
  readonly #listeners = new Set<() => void>();
  #lastMicros = 0;
  #count = 0;

  constructor(population: Population, clock: Clock) {
    this.population = population;
    this.clock = clock;
    this.users = new Map(population.users.map((user) => [user.id, user]));
    this.channels = new Map(population.channels.map((channel) => [channel.id, channel]));
  }

  /** Calls it after each change; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Resolves once it is so. */
  until(met: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.onChange(look);
    function look(): void {
      if (!met()) return;
      stop();
      resolve();
    }
    look();
    return promise;
  }

  /** `B1K2`, `V3`, …: ids are unique in this workspace. */
  nextId(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count.toString(36).toUpperCase().padStart(6, "0")}`;
  }

  /** A timestamp that no other message has: seconds with six digits behind the point. */
  nextTs(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, this.clock.now() * 1000);
    const micros = String(this.#lastMicros);
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  }

  find(channel: string, ts: string): FakeMessage | undefined {
    return this.messages.find((each) => each.channel === channel && each.ts === ts && !each.deleted);
  }

  post({ linkNames = false, ...given }: NewMessage): FakeMessage {
    const blocks = this.#withIds(given.blocks ?? []);
    const message: FakeMessage = {
      ts: this.nextTs(),
      botId: null,
      threadTs: null,
      onlyFor: null,
      metadata: null,
      reactions: [],
      files: [],
      pinned: false,
      deleted: false,
      ...given,
      blocks,
      versions: [{ text: given.text, blocks }],
    };
    this.messages.push(message);
    this.#ping(message, linkNames, false);
    this.changed();
    return message;
  }

  /** Shows something else in its place. Slack asks for new block ids each time, and does not enforce it. */
  edit(message: FakeMessage, text: string, blocks: Shape[], linkNames = false): void {
    const before = new Set(message.blocks.map(({ block_id: id }) => id));
    for (const { block_id: id } of blocks)
      if (before.has(id)) this.wrongs.push(`the update of ${message.ts} repeats the block_id ${String(id)}`);
    message.text = text;
    message.blocks = this.#withIds(blocks);
    message.versions.push({ text, blocks: message.blocks });
    this.#ping(message, linkNames, true);
    this.changed();
  }

  remove(message: FakeMessage): void {
    message.deleted = true;
    this.changed();
  }

  #ping(message: FakeMessage, linkNames: boolean, edited: boolean): void {
    const { text, blocks, channel, ts } = message;
    for (const mention of mentionsIn(text, blocks, linkNames, this.population.userGroups))
      this.pings.push({ ...mention, channel, ts, edited });
  }

  #withIds(blocks: readonly Shape[]): Shape[] {
    return withIds(blocks, (prefix) => this.nextId(prefix));
  }
}
