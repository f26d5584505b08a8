import type { Fact } from "../../core/fact.ts";
import { OpsError } from "../../core/errors.ts";
import { sh } from "../../core/shell.ts";

/** One answer: status 0 means that nobody answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks a page several times, each over a new connection.
 * @param seconds limit for one request
 */
export function httpGet(url: string, times: number, seconds = 10): Fact<readonly HttpAnswer[]> {
  return {
    name: "http get",
    script: sh`n=0
while [ $n -lt ${times} ]; do
  curl --silent --insecure --max-time ${seconds} --write-out '\n#status %{http_code}\n' ${url} || true
  n=$((n + 1))
done`,
    parse: parseAnswers,
    query: { url, times },
  };
}

/** Bodies, each followed by a line `#status CODE`. */
export function parseAnswers(output: string): readonly HttpAnswer[] {
  const parts = output.split(/\n#status (\d{3})(?:\n|$)/);
  const answers: HttpAnswer[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    answers.push({ body: parts[at] ?? "", status: Number(parts[at + 1]) });
  }
  if (answers.length === 0) throw new OpsError({ code: "unreadable_fact", message: "curl said nothing at all." });
  return answers;
}
