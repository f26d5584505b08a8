import clusterBuild from "../../commands/cluster.build.ts";
import clusterDestroy from "../../commands/cluster.destroy.ts";
import clusterExport from "../../commands/cluster.export.ts";
import clusterList from "../../commands/cluster.list.ts";
import clusterPlan from "../../commands/cluster.plan.ts";
import clusterStatus from "../../commands/cluster.status.ts";
import freeze from "../../commands/freeze.ts";
import help from "../../commands/help.ts";
import lock from "../../commands/lock.ts";
import runsCancel from "../../commands/runs.cancel.ts";
import runsList from "../../commands/runs.list.ts";
import runsResume from "../../commands/runs.resume.ts";
import runsRetry from "../../commands/runs.retry.ts";
import runsShow from "../../commands/runs.show.ts";
import unfreeze from "../../commands/unfreeze.ts";
import unlock from "../../commands/unlock.ts";
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
  runsList,
  runsShow,
  runsCancel,
  runsResume,
  runsRetry,
  lock,
  unlock,
  freeze,
  unfreeze,
  help,
];

/** Every playbook the engine may run or take up again. */
export const playbooks = [build, destroy, plan, status] as unknown as readonly Playbook[];
