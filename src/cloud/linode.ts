import { baseRequest, getLinodeTypes, getRegions } from "@linode/api-v4";
import { z } from "zod";
import type { Cloud, CloudContext, CloudRegion, NodePrice } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import { ensureExtraIpv4, readAddresses, shareIpv4 } from "./addresses.ts";
import { LinodeClient } from "./client.ts";
import type { LinodeOptions } from "./client.ts";
import { announcements } from "./maintenance.ts";
import { boot, deleteNode, ensureNode, listNodes, shutdown } from "./nodes.ts";
import { deleteGroup, ensureGroup, listGroups } from "./placement.ts";
import { profileWire, regionWire, typeWire } from "./wire.ts";
import { blindScopes, missingScopes } from "./scopes.ts";

/** What an extra public IPv4 address costs a month (Linode's documentation, 2023). The API does not tell. */
const extraIpv4MonthlyUsd = 2;

async function prices(
  client: LinodeClient,
  ids: readonly string[],
  region: string,
  context: CloudContext,
): Promise<Map<string, NodePrice>> {
  const call = { what: "read the prices", schema: typeWire };
  const all = await client.all(call, (params) => getLinodeTypes(params), context);
  return new Map(
    ids.map((id) => {
      const type = all.find((candidate) => candidate.id === id);
      if (type === undefined)
        throw new OpsError({
          code: "cloud_unknown_type",
          message: `Linode has no type ${id}.`,
          hint: `Choose one of ${all.map((candidate) => candidate.id).join(", ")}.`,
        });
      const monthlyUsd = type.region_prices.find((price) => price.id === region)?.monthly ?? type.price.monthly ?? 0;
      const { label, disk: diskMb, memory: memoryMb, vcpus } = type;
      return [id, { monthlyUsd, label, diskMb, memoryMb, vcpus }];
    }),
  );
}

async function regions(client: LinodeClient, context: CloudContext): Promise<CloudRegion[]> {
  const call = { what: "list the regions", schema: regionWire };
  const all = await client.all(call, (params) => getRegions(params), context);
  return all.map(({ id, label, capabilities, status, resolvers }) => ({
    id,
    label,
    capabilities,
    status,
    resolvers: `${resolvers.ipv4},${resolvers.ipv6}`.split(/[\s,]+/).filter((address) => address !== ""),
  }));
}

const whoAmIWire = z.object({ profile: profileWire, scopes: z.string().nullable() });

// Not `getProfile`: it drops the headers, and the scopes of the token are in one.
async function readProfile(): Promise<unknown> {
  const answer = await baseRequest.request<unknown>({ url: "https://api.linode.com/v4/profile", method: "GET" });
  const scopes: unknown = answer.headers["x-oauth-scopes"];
  return { profile: answer.data, scopes: typeof scopes === "string" ? scopes : null };
}

async function whoAmI(client: LinodeClient, context: CloudContext) {
  const call = { what: "check the API token", schema: whoAmIWire, send: readProfile };
  const answer = await client.call(call, context);
  const scopes = answer.scopes?.split(/[\s,]+/).filter((scope) => scope !== "") ?? null;
  return { username: answer.profile.username, scopes, missing: missingScopes(scopes), blind: blindScopes(scopes) };
}

/** The Linode provider. */
export function linodeCloud(options: LinodeOptions): Cloud {
  const client = new LinodeClient(options);
  return {
    ensureNode: (spec, context) => ensureNode(client, spec, context),
    listNodes: (tag, context) => listNodes(client, tag, context),
    addresses: (id, context) => readAddresses(client, id, context),
    ensureExtraIpv4: (id, context) => ensureExtraIpv4(client, id, context),
    shareIpv4: (id, addresses, context) => shareIpv4(client, id, addresses, context),
    ensurePlacementGroup: (label, region, context) => ensureGroup(client, label, region, context),
    deletePlacementGroup: (label, context) => deleteGroup(client, label, context),
    listPlacementGroups: (prefix, context) => listGroups(client, prefix, context),
    deleteNode: (id, tag, context) => deleteNode(client, id, tag, context),
    boot: (id, context) => boot(client, id, context),
    shutdown: (id, context) => shutdown(client, id, context),
    prices: (types, region, context) => prices(client, types, region, context),
    extraIpv4MonthlyUsd,
    regions: (context) => regions(client, context),
    maintenance: (context) => announcements(client, context),
    whoAmI: (context) => whoAmI(client, context),
  };
}
