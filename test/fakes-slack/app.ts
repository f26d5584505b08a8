import { LogLevel, SocketModeClient } from "@slack/socket-mode";
import { WebClient } from "@slack/web-api";
import { textOf, type Shape } from "../fakes/slack/shape.ts";
import type { FakeSlack } from "../fakes/slack/slack.ts";

/** What Slack's own Socket Mode client hands over. */
interface Received {
  readonly body: Shape;
  /** The connection is the first, the second, … of this process. */
  readonly ack: (answer?: Shape) => Promise<void>;
}

type Handle = (received: Received) => Promise<void>;

/** Slack's own clients, pointed at the stand-in: they judge it. */
export interface App extends AsyncDisposable {
  readonly web: WebClient;
  readonly socket: SocketModeClient;
}

/** A web client that tries once and says nothing. */
export function webClient(slack: FakeSlack, token = slack.tokens.bot, timeout = 0): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    logger: silent,
    retryConfig: { retries: 0 },
    timeout,
    rejectRateLimitedCalls: true,
  });
}

const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/** Connects an app that handles what it is sent. */
export async function connect(slack: FakeSlack, handlers: Readonly<Record<string, Handle>> = {}): Promise<App> {
  const socket = new SocketModeClient({
    appToken: slack.tokens.app,
    logger: silent,
    clientOptions: { slackApiUrl: slack.apiUrl },
    clientPingTimeout: 100,
  });
  for (const [event, handle] of Object.entries(handlers))
    socket.on(event, (received: Received) => void handle(received));
  await socket.start();
  return {
    web: webClient(slack),
    socket,
    async [Symbol.asyncDispose]() {
      await socket.disconnect();
    },
  };
}

/** What Slack answered, also when it refused: the client throws then, and the answer is in the error. */
export async function answerTo(call: Promise<unknown>): Promise<Shape> {
  try {
    return (await call) as Shape;
  } catch (error) {
    const { data } = error as { data?: Shape };
    if (data === undefined) throw error;
    return data;
  }
}

/** The error code of a refused call; fails when it was not refused. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return textOf(await answerTo(call), "error") ?? "accepted";
}
