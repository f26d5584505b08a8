import type { ApiContext, Routes } from "../context.ts";
import { linodeEntity } from "../jobs.ts";
import { paginate } from "../paging.ts";
import type { LinodeRecord } from "../state.ts";
import { wireTime } from "../store.ts";

/** As long as the lab's maintenance lasts. */
const lastsMs = 3_600_000;

interface Planned {
  readonly linode: LinodeRecord;
  readonly type: string;
  readonly at: number;
  readonly status: "pending" | "started" | "completed";
}

/** What was announced for Linodes that still exist, the next one first. */
function planned(context: ApiContext): Planned[] {
  const now = Date.now();
  return context
    .faults()
    .maintenance.toSorted((a, b) => a.at - b.at)
    .flatMap(({ id, type, at }) => {
      const linode = context.store.state.linodes.find((one) => one.id === id);
      if (linode === undefined) return [];
      const status = now < at ? "pending" : now < at + lastsMs ? "started" : "completed";
      return [{ linode, type, at, status } as const];
    });
}

/** Fields and words as in the client package, which knows more of them than the document. */
function maintenanceView({ linode, type, at, status }: Planned) {
  return {
    entity: linodeEntity(linode),
    type,
    status,
    reason: "Your Linode's host will undergo maintenance: this was announced in the lab.",
    description: "scheduled",
    source: "platform",
    maintenance_policy_set: linode.maintenancePolicy,
    when: wireTime(at),
    not_before: wireTime(at),
    start_time: status === "pending" ? null : wireTime(at),
    complete_time: status === "completed" ? wireTime(at + lastsMs) : null,
  };
}

function notificationView({ linode, at }: Planned) {
  return {
    entity: linodeEntity(linode),
    label: "Maintenance Scheduled",
    message: "This Linode will be affected by maintenance.",
    body: null,
    type: "maintenance",
    severity: "major",
    when: wireTime(at),
    until: wireTime(at + lastsMs),
  };
}

/** What Linode announces of its hosts. */
export const maintenanceRoutes: Routes = (app, context) => {
  app.get("/account/maintenance", (c) => {
    const all = planned(context).map(maintenanceView);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), ["status", "type", "when"]));
  });
  app.get("/account/notifications", (c) => {
    const all = planned(context)
      .filter(({ status }) => status !== "completed")
      .map(notificationView);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), []));
  });
};
