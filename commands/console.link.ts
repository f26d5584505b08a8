import { z } from "zod";
import { answer, command } from "../src/core/command.ts";

/** `/console link` */
export default command({
  name: "console link",
  summary: "Get a link that signs you in at the web console; nobody else sees it",
  access: "anyone",
  input: z.object({}),
  async run({ signIns }) {
    const link = await signIns.link();
    return answer({
      ok: true,
      verdict: "This link is for you alone: whoever opens it acts under your name. It works once, within 5 minutes.",
      text: link,
      data: { link },
    });
  },
});
