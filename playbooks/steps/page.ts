import { z } from "zod";
import type { HttpAnswer } from "../../src/ops/facts/http.ts";

/** What the status page answers to `?json`. */
const Page = z.object({ ok: z.boolean(), server: z.string(), row: z.string().nullable(), file: z.string().nullable() });

/** Which web server answered, and in one sentence what its answer lacks; both are absent where they cannot be told. */
export interface PageAnswer {
  readonly server?: string;
  readonly lacks?: string;
}

/** Holds an answer of the status page against what a whole one is: the row, the file, and status 200. */
export function readPage({ status, body }: HttpAnswer): PageAnswer {
  const page = Page.safeParse(parseJson(body));
  if (!page.success) {
    return {
      lacks: status === 0 ? "The page does not answer." : `The page answers ${status} with something else than itself.`,
    };
  }
  const { ok, server, row, file } = page.data;
  if (ok && status === 200) return { server };
  const missing = [...(row === null ? ["the row of the database"] : []), ...(file === null ? ["the file"] : [])];
  return { server, lacks: `The page of ${server} lacks ${missing.join(" and ")}.` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
