import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { OpsError } from "../src/core/errors.ts";

/** `/totp enroll` */
export default command({
  name: "totp enroll",
  summary: "Get one-time codes for yourself, at the console only",
  access: "anyone",
  input: z.object({}),
  async run({ actor, via, codes }) {
    if (via !== "console") {
      throw new OpsError({
        code: "console_only",
        message: "A secret does not belong into a chat.",
        state: "Nothing was made.",
        hint: "Type /totp enroll at the console of the machine the bot runs on.",
      });
    }
    const text = await codes.enroll(actor);
    return answer({ ok: true, verdict: "Put this into your authenticator app; it is not shown again.", text });
  },
});
