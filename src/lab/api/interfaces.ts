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

/** Throws what breaks a limit: one public interface, three in all, ten VLANs per region (documented). */
export function checkInterfaces(context: ApiContext, region: string, wanted: readonly InterfaceInput[]): void {
  const vlans = wanted.filter((entry) => entry.purpose === "vlan").map((entry) => entry.label);
  if (wanted.length > 3) throw bad("Must have no more than 3 interfaces.", "interfaces");
  if (wanted.length - vlans.length > 1) throw bad("Only one public interface is allowed.", "interfaces");
  if (new Set(vlans).size < vlans.length) throw bad("Interface labels must be unique.", "interfaces");
  const local = context.store.state.vlans.filter((vlan) => vlan.region === region).map((vlan) => vlan.label);
  if (new Set([...local, ...vlans]).size > 10)
    throw bad("You have reached the maximum number of VLANs for this region.", "interfaces");
}

/** Gives interfaces their ids and makes the VLANs they name. Throws what breaks a limit. */
export function allocateInterfaces(
  context: ApiContext,
  region: string,
  wanted: readonly InterfaceInput[],
): InterfaceRecord[] {
  checkInterfaces(context, region, wanted);
  const { vlans } = context.store.state;
  for (const { purpose, label } of wanted)
    if (purpose === "vlan" && !vlans.some((vlan) => vlan.region === region && vlan.label === label))
      vlans.push({ label: label ?? "", region, created: now() });
  return wanted.map((entry) => ({
    id: context.store.nextId("interface"),
    purpose: entry.purpose,
    label: entry.purpose === "vlan" ? (entry.label ?? null) : null,
    ipamAddress: entry.purpose === "vlan" ? (entry.ipam_address ?? "") : null,
    primary: entry.primary ?? false,
  }));
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
