import { stringify } from "yaml";
import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { answer, command } from "../src/core/command.ts";
import { loadBlueprint } from "../playbooks/steps/blueprint.ts";

/** `/cluster export prod` */
export default command({
  name: "cluster export",
  summary: "Print the blueprint as YAML, without secrets; the same YAML can be built elsewhere",
  access: "viewer",
  input: z.object({ name: ClusterName }),
  async run(call, { name }) {
    const blueprint = await loadBlueprint(call, name);
    return answer({ ok: true, verdict: `The blueprint of ${name}:`, text: stringify({ clusters: [blueprint] }) });
  },
});
