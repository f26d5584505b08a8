import auditExport from "../../commands/audit.export.ts";
import auditHead from "../../commands/audit.head.ts";
import auditVerify from "../../commands/audit.verify.ts";
import clusterBuild from "../../commands/cluster.build.ts";
import clusterDestroy from "../../commands/cluster.destroy.ts";
import clusterExport from "../../commands/cluster.export.ts";
import clusterList from "../../commands/cluster.list.ts";
import clusterPlan from "../../commands/cluster.plan.ts";
import clusterStatus from "../../commands/cluster.status.ts";
import help from "../../commands/help.ts";
import { build } from "../../playbooks/build.ts";
import { destroy } from "../../playbooks/destroy.ts";
import { plan } from "../../playbooks/plan.ts";
import { status } from "../../playbooks/status.ts";
import type { Command } from "../core/command.ts";
import type { Playbook } from "../core/playbook.ts";

/** Every slash command. A new one is a file in `commands/` and a line here. */
export const commands: readonly Command[] = [
  clusterPlan,
  clusterBuild,
  clusterStatus,
  clusterList,
  clusterExport,
  clusterDestroy,
  auditHead,
  auditVerify,
  auditExport,
  help,
];

/** Every playbook the engine may run or take up again. */
export const playbooks = [build, destroy, plan, status] as unknown as readonly Playbook[];
