import { request, type IncomingHttpHeaders } from "node:http";
import type { Outcome, State } from "../../src/chat/web/wire.ts";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** An event of the stream. */
interface Heard {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly state?: State; readonly why?: string };
}

/** Somebody with a browser that sends exactly what a test says. */
export class Visitor {
  /** `nonet=…` */
  cookie = "";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send("GET", path, headers);
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const usual = { origin: this.#url, "content-type": "application/json" };
    return this.#send("POST", path, { ...usual, ...headers }, JSON.stringify(body));
  }

  /** Opens a link and presses the button. */
  async signIn(link: string): Promise<Answer> {
    const answer = await this.post("/api/sign-in", { token: new URL(link).hash.slice(1) });
    this.cookie = answer.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    return answer;
  }

  /** Gives a command. */
  async submit(text: string): Promise<Outcome> {
    return JSON.parse((await this.post("/api/submit", { text })).text) as Outcome;
  }

  /** The stream of a page; ends with the response. */
  async *live(query = "", headers: Record<string, string> = {}): AsyncGenerator<Heard> {
    const response = await fetch(`${this.#url}/api/live?${query}`, { headers: { cookie: this.cookie, ...headers } });
    if (response.body === null || !response.ok) throw new Error(`the stream answers with ${response.status}`);
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      yield* events.map(heard);
    }
  }

  /** The first state, on a stream from now on, that is as wanted. */
  async until(wanted: (state: State) => boolean, query = ""): Promise<State> {
    for await (const { data } of this.live(query)) if (data.state && wanted(data.state)) return data.state;
    throw new Error("the stream ended before that");
  }

  #send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const options = { method, headers: { cookie: this.cookie, ...headers } };
    return new Promise((resolve, reject) => {
      const sent = request(this.#url + path, options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

function heard(text: string): Heard {
  const fields = new Map(text.split("\n").map((line) => [line.split(": ", 1)[0] ?? "", line.replace(/^\w+: /, "")]));
  return {
    event: fields.get("event") ?? "",
    id: fields.get("id") ?? "",
    data: JSON.parse(fields.get("data") ?? "{}") as Heard["data"],
  };
}
