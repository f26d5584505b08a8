import { z } from "zod";
import { interfaceSchema } from "./body.ts";
import type { ApiContext } from "./context.ts";
import { bad } from "./errors.ts";
import type { InterfaceRecord } from "./state.ts";
import { now } from "./store.ts";

/** An interface as it is sent. */
export type InterfaceInput = z.infer<typeof interfaceSchema>;

/** The interfaces of a configuration; `null` and nothing mean the public one alone. */
export const interfacesSchema = z
  .array(interfaceSchema)
  .nullish()
  .transform((list) => list ?? []);

/** Gives interfaces their ids and makes the VLANs they name. Throws what breaks a limit. */
export function allocateInterfaces(
  context: ApiContext,
  region: string,
  wanted: readonly InterfaceInput[],
): InterfaceRecord[] {
  const vlans = wanted.filter((entry) => entry.purpose === "vlan");
  if (wanted.filter((entry) => entry.purpose === "public").length > 1)
    throw bad("Only one public interface is allowed.", "interfaces");
  if (wanted.length > 3) throw bad("Must have no more than 3 interfaces.", "interfaces");
  if (new Set(vlans.map((entry) => entry.label)).size < vlans.length)
    throw bad("Interface labels must be unique.", "interfaces");
  for (const { label } of vlans) rememberVlan(context, region, label ?? "");
  return wanted.map((entry) => ({
    id: context.store.nextId("interface"),
    purpose: entry.purpose,
    label: entry.purpose === "vlan" ? (entry.label ?? null) : null,
    ipamAddress: entry.purpose === "vlan" ? (entry.ipam_address ?? "") : null,
    primary: entry.primary ?? false,
  }));
}

/** VLANs are made by naming them; ten per region (documented). */
function rememberVlan(context: ApiContext, region: string, label: string): void {
  const { vlans } = context.store.state;
  const local = vlans.filter((vlan) => vlan.region === region);
  if (local.some((vlan) => vlan.label === label)) return;
  if (local.length >= 10) throw bad("You have reached the maximum number of VLANs for this region.", "interfaces");
  vlans.push({ label, region, created: now() });
}

/** VLANs with the Linodes on them. One that nobody names any more is forgotten, as the API does. */
export function vlanViews(context: ApiContext) {
  const { state } = context.store;
  const members = (label: string, region: string): number[] =>
    state.linodes
      .filter((linode) => linode.region === region)
      .filter((linode) =>
        context.store
          .configsOf(linode.id)
          .some((config) => config.interfaces.some((entry) => entry.purpose === "vlan" && entry.label === label)),
      )
      .map((linode) => linode.id);
  return state.vlans
    .map(({ label, region, created }) => ({ region, label, linodes: members(label, region), created }))
    .filter((vlan) => vlan.linodes.length > 0);
}

/** Forgets VLANs without members. */
export function pruneVlans(context: ApiContext): void {
  const used = new Set(vlanViews(context).map((vlan) => `${vlan.region} ${vlan.label}`));
  context.store.state.vlans = context.store.state.vlans.filter((vlan) => used.has(`${vlan.region} ${vlan.label}`));
}
