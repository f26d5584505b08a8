import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { NoticeId } from "../src/core/option.ts";

/** `/notices ack 1f6f2f0c` */
export default command({
  name: "notices ack",
  summary: "Say that you have seen a notice; of a broken glass, that you have looked at what was done",
  // Who may see which notice is decided by its cluster, once it is found.
  access: "anyone",
  input: z.object({ id: NoticeId }),
  async run({ notices }, { id }) {
    const { title } = await notices.acknowledge(id);
    return answer({ ok: true, verdict: `Noted: you have seen that ${title}.` });
  },
});
