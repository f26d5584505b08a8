import type { Command } from "../../core/command.ts";
import type { Desk } from "../../core/desk.ts";
import { OpsError } from "../../core/errors.ts";
import type { Mouth } from "../../core/mouth.ts";
import type { Secret } from "../../core/secret.ts";
import { Answers } from "./answers.ts";
import { openSlackClient, type Log } from "./client.ts";
import { openDispatcher, type Dispatcher } from "./dispatch.ts";
import { slackHandler } from "./http.ts";
import type { Envelope } from "./line.ts";
import { slackMouth } from "./mouth.ts";
import type { Pinned } from "./origin.ts";
import { slackPeople } from "./people.ts";
import { openSockets, type Sockets } from "./sockets.ts";

/** What the adapter is told. */
export interface SlackOptions {
  readonly botToken: Secret<string>;
  /** Over sockets that Nonet opens, or over requests that Slack signs. */
  readonly inbound:
    | { readonly kind: "socket"; readonly appToken: Secret<string> }
    | { readonly kind: "http"; readonly signingSecret: Secret<string> };
  /** `https://slack.com/api/`. */
  readonly apiUrl: string;
  readonly pinned: Pinned;
  readonly commands: readonly Command[];
  /** Slack's id of a person; `undefined` for whom the configuration does not know in Slack. */
  readonly idOf: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** Called whenever Slack wants to hear less. */
  readonly onRateLimit: () => void;
}

/** Slack, as the bot speaks and listens there. */
export interface SlackAdapter {
  readonly mouth: Mouth;
  /** Answers the requests that Slack signs; `null` where it listens on sockets. */
  readonly http: ((request: Request) => Promise<Response>) | null;
  /** Begins to listen; resolves once it does, or the first attempt has failed. It goes on trying then. */
  listen(desk: Desk): Promise<void>;
  /** @throws OpsError while nothing is heard, or Slack refuses the token. */
  check(): void;
  /** Hears nothing any more; resolves once all that was heard is done. */
  close(): Promise<void>;
}

/** Opens the adapter; it connects to nothing before it listens or speaks. */
export function openSlack(options: SlackOptions): SlackAdapter {
  const { inbound, apiUrl, pinned, log, now } = options;
  const slack = openSlackClient(options.botToken, options);
  const answers = new Answers({ slack, log, apiUrl });
  const people = slackPeople(slack, pinned, now);
  let dispatcher: Dispatcher | undefined;
  let sockets: Sockets | undefined;
  const receive = (envelope: Envelope) => dispatcher?.receive(envelope);
  return {
    mouth: slackMouth({ slack, app: pinned.app, idOf: options.idOf, now, log }),
    http: inbound.kind === "http" ? slackHandler({ signingSecret: inbound.signingSecret, log, now, receive }) : null,
    async listen(desk) {
      const opened = openDispatcher({ ...options, desk, slack, answers, people });
      dispatcher = opened;
      if (inbound.kind === "http") return;
      sockets = openSockets({ appToken: inbound.appToken, apiUrl, log, now, receive: opened.receive });
      await sockets.ready;
    },
    check() {
      const trouble = slack.trouble();
      if (trouble !== undefined) throw trouble;
      if (dispatcher === undefined)
        throw new OpsError({ code: "slack_deaf", message: "Slack is not listened to yet." });
      sockets?.check();
    },
    async close() {
      await sockets?.close();
      await dispatcher?.idle();
    },
  };
}
