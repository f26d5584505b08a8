import { getAccountMaintenance, getNotifications } from "@linode/api-v4";
import type { z } from "zod";
import type { CloudAnnouncements, CloudContext, CloudMaintenance, CloudNotification } from "../core/cloud.ts";
import type { LinodeClient } from "./client.ts";
import { maintenanceWire, notificationWire } from "./wire.ts";

/** All others are still to come, or under way. */
const over = new Set(["completed", "canceled"]);
const underWay = new Set(["started", "in_progress"]);

/** See `Cloud.maintenance`. */
export async function announcements(client: LinodeClient, context: CloudContext): Promise<CloudAnnouncements> {
  const work = { what: "read what maintenance Linode announced", schema: maintenanceWire };
  const news = { what: "read Linode's notifications", schema: notificationWire };
  const [maintenance, notifications] = await Promise.all([
    client.all(work, (params) => getAccountMaintenance(params), context),
    client.all(news, (params) => getNotifications(params), context),
  ]);
  return { maintenance: maintenance.flatMap(toMaintenance), notifications: notifications.map(toNotification) };
}

function toMaintenance({ entity, type, status, when, start_time: start, reason }: z.infer<typeof maintenanceWire>) {
  if (over.has(status) || entity.type.toLowerCase() !== "linode") return [];
  const found: CloudMaintenance = { nodeId: entity.id, type, started: underWay.has(status), at: when ?? start, reason };
  return [found];
}

function toNotification({
  type,
  severity,
  message,
  entity,
  when,
}: z.infer<typeof notificationWire>): CloudNotification {
  return {
    ...{ type, message, at: when },
    // One that is new to us is not taken for a small one.
    severity: severity === "minor" || severity === "critical" ? severity : "major",
    nodeId: entity?.type === "linode" && typeof entity.id === "number" ? entity.id : null,
    region: entity?.type === "region" && typeof entity.id === "string" ? entity.id : null,
  };
}
