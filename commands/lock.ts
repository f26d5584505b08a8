import { z } from "zod";
import { loadBlueprint } from "../playbooks/steps/blueprint.ts";
import { ClusterName } from "../src/core/cluster.ts";
import { command } from "../src/core/command.ts";
import { freeText } from "../src/core/option.ts";
import { holdUp } from "./shared/locks.ts";

/** `/lock prod the disk of db1 is being replaced` */
export default command({
  name: "lock",
  summary: "Hold all changes of a cluster until it is unlocked; they wait in line",
  access: "operator",
  input: z.object({ cluster: ClusterName, reason: freeText }),
  async run(call, { cluster, reason }) {
    await loadBlueprint(call, cluster);
    return holdUp(call, cluster, reason);
  },
});
