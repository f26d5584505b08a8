/** What kind of account it is; a stranger comes from another workspace through a shared channel. */
type UserKind = "member" | "admin" | "guest" | "single-channel guest" | "bot" | "deleted" | "stranger";

/** Somebody in the workspace. A test may change the kind while the bot runs. */
export interface FakeUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  kind: UserKind;
}

type ChannelKind = "public" | "private" | "shared" | "im";

/** A conversation; `shared` is a channel that another workspace shares through Slack Connect. */
export interface FakeChannel {
  readonly id: string;
  readonly name: string;
  kind: ChannelKind;
  archived: boolean;
  /** User ids; the bot is a member only when it stands here. */
  readonly members: Set<string>;
}

/** The workspace, the app in it, and who is there. */
export interface Population {
  readonly teamId: string;
  readonly teamName: string;
  readonly domain: string;
  /** Null outside of Enterprise Grid. */
  readonly enterpriseId: string | null;
  readonly appId: string;
  readonly appName: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly users: readonly FakeUser[];
  readonly channels: readonly FakeChannel[];
  /** User groups by id, with their handle. */
  readonly userGroups: Readonly<Record<string, string>>;
}

/** The team that strangers come from. */
export const strangerTeam = "T0STRANGE";

const user = (id: string, name: string, realName: string, kind: UserKind = "member"): FakeUser => ({
  id,
  name,
  realName,
  kind,
});

const channel = (id: string, name: string, kind: ChannelKind, members: string[], archived = false): FakeChannel => ({
  id,
  name,
  kind,
  archived,
  members: new Set(members),
});

/** A workspace with somebody and something of every kind. The bot is in all channels but `C0OTHER`. */
export function samplePopulation(): Population {
  const [bot, alice, bob, carol] = ["U0NONET", "U0ALICE", "U0BOB", "U0CAROL"];
  return {
    teamId: "T0ACME",
    teamName: "Acme",
    domain: "acme",
    enterpriseId: null,
    appId: "A0NONET",
    appName: "nonet",
    botId: "B0NONET",
    botUserId: bot,
    users: [
      user(bot, "nonet", "Nonet", "bot"),
      user(alice, "alice", "Alice Ardent"),
      user(bob, "bob", "Bob Brisk"),
      user(carol, "carol", "Carol Calm", "admin"),
      user("U0GUEST", "gus", "Gus Guest", "guest"),
      user("U0SINGLE", "sina", "Sina Single", "single-channel guest"),
      user("U0ROBOT", "robot", "Another Bot", "bot"),
      user("U0GONE", "gone", "Gone Girl", "deleted"),
      user("U0STRANGER", "stan", "Stan Stranger", "stranger"),
    ],
    channels: [
      channel("C0OPS", "ops", "public", [bot, alice, bob, carol, "U0GUEST", "U0ROBOT", "U0GONE"]),
      channel("C0PRIVATE", "ops-private", "private", [bot, alice, bob, "U0SINGLE"]),
      channel("C0SHARED", "with-partner", "shared", [bot, alice, bob, "U0STRANGER"]),
      channel("C0OLD", "old-ops", "public", [bot, alice], true),
      channel("C0OTHER", "random", "public", [alice, bob, carol]),
      channel("D0ALICE", "alice", "im", [bot, alice]),
    ],
    userGroups: { S0ONCALL: "oncall" },
  };
}
