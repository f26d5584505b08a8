import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { command } from "../src/core/command.ts";
import { freeText } from "../src/core/option.ts";
import { letGo } from "./shared/locks.ts";

/** `/unlock prod`; a lock of somebody else is lifted with a reason: `/unlock prod bob is on holiday` */
export default command({
  name: "unlock",
  summary: "Lift the lock of a cluster; what waits goes on. Somebody else's lock needs a reason",
  access: "operator",
  input: z.object({ cluster: ClusterName, reason: freeText.optional() }),
  run: (call, { cluster, reason }) => letGo(call, cluster, reason),
});
