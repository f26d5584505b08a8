import type { Handler } from "./call.ts";
import * as chat from "./chat.ts";
import * as files from "./files.ts";
import type { Tier } from "./limits.ts";
import * as reads from "./reads.ts";
import type { TokenKind } from "./tokens.ts";
import * as views from "./views.ts";

/** A method of the Web API: docs.slack.dev/reference/methods. */
export interface Method {
  readonly run: Handler;
  readonly tier: Tier;
  /** One of them has to be granted. */
  readonly scopes: readonly string[];
  readonly token: TokenKind | "either";
  /** Whether it reads arguments from a JSON body; the others read forms only. */
  readonly json: boolean;
}

const method = (run: Handler, tier: Tier, scopes: string[] = [], json = true): Method => ({
  run,
  tier,
  scopes,
  token: "bot",
  json,
});

const read = ["channels:read", "groups:read", "im:read", "mpim:read"];
const past = ["channels:history", "groups:history", "im:history", "mpim:history"];
const write = ["chat:write"];

/** What the stand-in can do; anything else is an `unknown_method`. */
export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    "auth.test": { ...method(reads.authTest, null), token: "either" },
    "auth.teams.list": method(reads.teamsList, 2),
    "apps.connections.open": { ...method(reads.openConnection, 3), token: "app" },
    "bots.info": method(reads.botInfo, 3, ["users:read"], false),
    "chat.delete": method(chat.remove, 3, write),
    "chat.getPermalink": method(chat.getPermalink, null, [], false),
    "chat.postEphemeral": method(chat.postEphemeral, 4, write),
    "chat.postMessage": method(chat.postMessage, "post", write),
    "chat.update": method(chat.update, 3, write),
    "conversations.history": method(reads.history, 3, past, false),
    "conversations.info": method(reads.conversationInfo, 3, read, false),
    "conversations.members": method(reads.conversationMembers, 4, read, false),
    "conversations.replies": method(reads.replies, 3, past, false),
    "files.completeUploadExternal": method(files.completeUpload, 4, ["files:write"]),
    "files.getUploadURLExternal": method(files.getUploadUrl, 4, ["files:write"], false),
    "pins.add": method(chat.addPin, 2, ["pins:write"]),
    "reactions.add": method(chat.addReaction, 3, ["reactions:write"]),
    "team.info": method(reads.teamInfo, 3, ["team:read"], false),
    "users.info": method(reads.userInfo, 4, ["users:read"], false),
    "views.open": method(views.openView, 4),
    "views.publish": method(views.publishView, 4),
    "views.push": method(views.pushOnView, 4),
    "views.update": method(views.updateView, 4),
  }),
);
