import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { answer, command } from "../src/core/command.ts";
import { OpsError } from "../src/core/errors.ts";
import { describeMute, KeyWords } from "./shared/mutes.ts";

/** `/notices unmute prod all` */
export default command({
  name: "notices unmute",
  summary: "Hear again of what the watch notices",
  access: "operator",
  input: z.object({ cluster: ClusterName, about: KeyWords }),
  async run(call, { cluster, about }) {
    const lifted = await call.notices.unmute(cluster, about);
    if (lifted === undefined) {
      throw new OpsError({
        code: "not_muted",
        message: `${about ?? "all"} of ${cluster} is not muted.`,
        hint: "/notices list shows what is.",
      });
    }
    const now = call.services.clock.now();
    return answer({ ok: true, verdict: `What is wrong is told from now on. It was: ${describeMute(lifted, now)}.` });
  },
});
