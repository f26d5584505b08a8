import { z } from "zod";
import { loadBlueprint } from "../playbooks/steps/blueprint.ts";
import { ClusterName } from "../src/core/cluster.ts";
import { answer, command } from "../src/core/command.ts";
import { freeText } from "../src/core/option.ts";
import { isMuted } from "../src/core/watch.ts";
import { describeMute, Duration, KeyWords } from "./shared/mutes.ts";

/** `/notices mute prod 2h all new disk`, `/notices mute prod 2h "database lag" the nightly import` */
export default command({
  name: "notices mute",
  summary: "Hear nothing of what the watch notices in a cluster, for a while",
  access: "operator",
  input: z.object({ cluster: ClusterName, for: Duration, about: KeyWords, reason: freeText }),
  async run(call, { cluster, for: milliseconds, about, reason }) {
    await loadBlueprint(call, cluster);
    const mute = await call.notices.mute({ cluster, about, reason }, milliseconds);
    const { open = [] } = (await call.services.watched.round(cluster)) ?? {};
    const held = open.filter(({ key, told }) => !told && isMuted([mute], key));
    const text = held.map(({ title }) => `held back: ${title}`).join("\n");
    const verdict = `${describeMute(mute, call.services.clock.now())}. What is still wrong then is told then.`;
    return answer({ ok: true, verdict, ...(text === "" ? {} : { text }) });
  },
});
