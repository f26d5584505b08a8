import { baseRequest, deleteLinode, getLinodes, getType, linodeBoot, linodeShutdown } from "@linode/api-v4";
import { z } from "zod";
import type { Cloud, CloudContext, CloudNode, NodeSpec } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import type { LinodeClient } from "./client.ts";
import { completeDisks, interfacesOf, rootSizeMb } from "./disks.ts";
import { hasCode } from "./errors.ts";
import { readLinode, runJob, settle, waitFor } from "./jobs.ts";
import { placementGroupId } from "./placement.ts";
import { linodeWire, typeWire } from "./wire.ts";
import type { LinodeWire } from "./wire.ts";

/** Answers that say nothing. */
const nothing = z.unknown();

/** The neutral view of a Linode. */
function toNode(linode: LinodeWire): CloudNode {
  const { id, label, region, status, tags, ipv4 } = linode;
  const ipv6 = linode.ipv6?.replace(/\/\d+$/, "") ?? null;
  return { id, label, region, type: linode.type ?? "", status, tags, ipv4, ipv6, hostUuid: linode.host_uuid ?? null };
}

/** Do the tags hold this one? Linode does not tell upper from lower case. */
function carriesTag(tags: readonly string[], tag: string): boolean {
  return tags.some((candidate) => candidate.toLowerCase() === tag.toLowerCase());
}

async function findByLabel(client: LinodeClient, label: string, context: CloudContext): Promise<LinodeWire | null> {
  const what = `look for a Linode ${label}`;
  const found = await client.all({ what, schema: linodeWire }, (params) => getLinodes(params, { label }), context);
  return found.find((linode) => linode.label === label) ?? null;
}

function requireOurs(linode: LinodeWire, spec: NodeSpec): void {
  const tag = spec.tags[0] ?? "";
  const id = String(linode.id);
  if (!carriesTag(linode.tags, tag))
    throw new OpsError({
      code: "cloud_foreign_node",
      message: `A Linode ${spec.label} (${id}) exists already and does not carry the tag ${tag}.`,
      node: spec.label,
      hint: "Give the cluster another name, or rename or delete that Linode.",
      state: "Nothing was changed.",
    });
  if (linode.region === spec.region && linode.type === spec.type) return;
  throw new OpsError({
    code: "cloud_different_node",
    message: `Linode ${id} is a ${linode.type ?? "?"} in ${linode.region}, not a ${spec.type} in ${spec.region}.`,
    node: spec.label,
    hint: "Set the blueprint to what exists, or delete the node first.",
    state: "Nothing was changed.",
  });
}

function createBody(spec: NodeSpec, placementGroup: number | null): Record<string, unknown> {
  const body = {
    label: spec.label,
    region: spec.region,
    type: spec.type,
    tags: spec.tags,
    // It is booted once its configuration is as it should be.
    booted: false,
    private_ip: false,
    // Else the account's setting decides.
    interface_generation: "legacy_config",
    metadata: { user_data: Buffer.from(spec.userData, "utf8").toString("base64") },
    ...(placementGroup === null ? {} : { placement_group: { id: placementGroup } }),
  };
  if (spec.dataDiskMb !== null) return body;
  return { ...body, image: spec.image, authorized_keys: spec.authorizedKeys, interfaces: interfacesOf(spec) };
}

async function create(client: LinodeClient, spec: NodeSpec, context: CloudContext): Promise<LinodeWire> {
  const what = `create the Linode ${spec.label}`;
  if (spec.dataDiskMb !== null) {
    // Known before anything is made: the type exists, and everything fits on it.
    const type = await client.call({ what, schema: typeWire, send: () => getType(spec.type) }, context);
    rootSizeMb(type.disk, spec);
  }
  const group = spec.placementGroup === null ? null : await placementGroupId(client, spec.placementGroup, context);
  const found = async (): Promise<LinodeWire | null> => {
    const linode = await findByLabel(client, spec.label, context);
    if (linode !== null) requireOurs(linode, spec);
    return linode;
  };
  // Not `createLinode`: it refuses an image without a root password, which the API takes (keys are enough).
  const url = "https://api.linode.com/v4/linode/instances";
  const send = async (): Promise<unknown> =>
    (await baseRequest.request<unknown>({ url, method: "POST", data: createBody(spec, group) })).data;
  try {
    return await client.call({ what, schema: linodeWire, send, found }, context);
  } catch (error) {
    // An earlier request that seemed lost may have been carried out after we looked.
    const late = hasCode(error, "cloud_refused") ? await found() : null;
    if (late === null) throw error;
    return late;
  }
}

/** See `Cloud.ensureNode`. */
export async function ensureNode(
  client: LinodeClient,
  spec: NodeSpec,
  context: CloudContext,
): ReturnType<Cloud["ensureNode"]> {
  if ((spec.tags[0] ?? "") === "") throw new Error(`The node ${spec.label} has no tag.`);
  const existing = await findByLabel(client, spec.label, context);
  if (existing !== null) requireOurs(existing, spec);
  const { id } = existing ?? (await create(client, spec, context));
  const linode = await settle(client, id, context);
  const off = linode.status !== "running";
  if (off) {
    await completeDisks(client, linode, spec, context);
    await boot(client, id, context);
  }
  return { ...toNode(await readLinode(client, id, context)), created: existing === null, booted: off };
}

/** See `Cloud.boot`. */
export async function boot(client: LinodeClient, id: number, context: CloudContext): Promise<void> {
  const { label, status } = await settle(client, id, context);
  if (status === "running") return;
  const reached = async (): Promise<boolean> => (await readLinode(client, id, context)).status === "running";
  const start = async (): Promise<void> => {
    try {
      await client.call({ what: `boot ${label}`, schema: nothing, send: () => linodeBoot(id) }, context);
    } catch (error) {
      // Something else booted it meanwhile: the deploy that ends with a boot, or the watchdog.
      if (!(hasCode(error, "cloud_refused") && (await reached()))) throw error;
    }
  };
  await runJob(client, { id, label, action: "linode_boot", start, reached }, context);
  await settle(client, id, context);
}

/** See `Cloud.shutdown`. */
export async function shutdown(client: LinodeClient, id: number, context: CloudContext): Promise<void> {
  const { label, status } = await settle(client, id, context);
  if (status !== "running") return;
  const call = { what: `shut ${label} down`, schema: nothing, send: () => linodeShutdown(id) };
  const start = (): Promise<unknown> => client.call(call, context);
  const reached = async (): Promise<boolean> => (await readLinode(client, id, context)).status === "offline";
  await runJob(client, { id, label, action: "linode_shutdown", start, reached }, context);
}

/** See `Cloud.listNodes`. */
export async function listNodes(client: LinodeClient, tag: string, context: CloudContext): Promise<CloudNode[]> {
  const what = `list the Linodes with the tag ${tag}`;
  const found = await client.all({ what, schema: linodeWire }, (params) => getLinodes(params, { tags: tag }), context);
  return found.filter((linode) => carriesTag(linode.tags, tag)).map(toNode);
}

/** See `Cloud.deleteNode`. */
export async function deleteNode(client: LinodeClient, id: number, tag: string, context: CloudContext): Promise<void> {
  const read = async (): Promise<LinodeWire | null> => {
    try {
      return await readLinode(client, id, context);
    } catch (error) {
      if (hasCode(error, "cloud_not_found")) return null;
      throw error;
    }
  };
  const linode = await read();
  if (linode === null) return;
  const { label } = linode;
  if (!carriesTag(linode.tags, tag))
    throw new OpsError({
      code: "cloud_foreign_node",
      message: `Linode ${label} (${String(id)}) does not carry the tag ${tag} and is not deleted.`,
      node: label,
      hint: "Delete it in Cloud Manager if it is really meant.",
      state: "Nothing was changed.",
    });
  try {
    await client.call({ what: `delete ${label}`, schema: nothing, send: () => deleteLinode(id) }, context);
  } catch (error) {
    if (!hasCode(error, "cloud_not_found")) throw error;
  }
  await waitFor(client, `see ${label} go`, async () => ((await read()) === null ? true : null), context);
}
