import type { Hono } from "hono";
import { z } from "zod";
import { pathId, readBody } from "../body.ts";
import { regionById } from "../catalog.ts";
import type { ApiContext, Routes } from "../context.ts";
import { bad, notFound } from "../errors.ts";
import { vlanViews } from "../interfaces.ts";
import { linodeEntity } from "../jobs.ts";
import { allocateIpv4 } from "../network.ts";
import { paginate } from "../paging.ts";
import type { AddressRecord, LinodeRecord } from "../state.ts";
import { addressesView, addressView } from "../views.ts";

const filterable = ["address", "gateway", "linode_id", "public", "region", "reserved", "type", "rdns"];

const allocateBody = z.strictObject({ type: z.string(), public: z.boolean() });

function allocate(context: ApiContext, linode: LinodeRecord, body: z.infer<typeof allocateBody>): AddressRecord {
  if (body.type !== "ipv4") throw bad("Only addresses of type ipv4 are currently supported.");
  if (!body.public) throw bad("Private addresses are not available in this region.", "public");
  const address = allocateIpv4(context.store, regionById(context.regions, linode.region), linode.id);
  context.jobs.note("linode_addip", linodeEntity(linode));
  return record(context, address);
}

function record(context: ApiContext, address: string): AddressRecord {
  const entry = context.store.state.addresses.find((candidate) => candidate.address === address);
  if (entry === undefined) throw notFound();
  return entry;
}

function remove(context: ApiContext, linode: LinodeRecord, address: string): void {
  const own = context.store.addressesOf(linode.id);
  if (!own.includes(address)) throw notFound();
  if (own.length === 1) throw bad("Linode must have at least one public IPv4 address.");
  context.store.state.addresses = context.store.state.addresses.filter((entry) => entry.address !== address);
  context.jobs.note("linode_deleteip", linodeEntity(linode));
}

function share(context: ApiContext, linodeId: number, wanted: readonly string[]): void {
  const { addresses, linodes } = context.store.state;
  const linode = linodes.find((candidate) => candidate.id === linodeId);
  if (linode === undefined) throw bad(`Invalid Linode ID ${String(linodeId)}`);
  const entries = wanted.map((address) => {
    const entry = addresses.find((candidate) => candidate.address === address);
    if (entry === undefined) throw bad("IP Address not found.");
    if (entry.region !== linode.region) throw bad("Shared addresses must be in the same region as the Linode.");
    if (entry.linodeId === linodeId) throw bad("A Linode cannot share an address with itself.");
    return entry;
  });
  // The list replaces what was shared with this Linode before.
  for (const entry of addresses) entry.sharedWith = entry.sharedWith.filter((id) => id !== linodeId);
  for (const entry of entries) entry.sharedWith.push(linodeId);
}

function networkingRoutes(app: Hono, context: ApiContext): void {
  const view = (entry: AddressRecord) => addressView(context.store, regionById(context.regions, entry.region), entry);
  app.get("/networking/ips", (c) => {
    const all = context.store.state.addresses.map(view);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), filterable));
  });
  const shareBody = z.strictObject({ linode_id: z.number().int(), ips: z.array(z.string()) });
  for (const path of ["/networking/ips/share", "/networking/ipv4/share"])
    app.post(path, async (c) => {
      const body = await readBody(c, shareBody);
      share(context, body.linode_id, body.ips);
      return c.json({});
    });
  app.get("/networking/ips/:address", (c) => c.json(view(record(context, c.req.param("address")))));
  app.put("/networking/ips/:address", async (c) => {
    const entry = record(context, c.req.param("address"));
    const { rdns } = await readBody(c, z.strictObject({ rdns: z.string().nullable() }));
    if (rdns !== null && !/^(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/i.test(rdns))
      throw bad("Domain is not valid.", "rdns");
    entry.rdns = rdns;
    return c.json(view(entry));
  });
  app.get("/networking/vlans", (c) =>
    c.json(paginate(vlanViews(context), c.req.query(), c.req.header("X-Filter"), ["label", "region", "linodes"])),
  );
}

/** Addresses of Linodes, sharing, and VLANs. */
export const addressRoutes: Routes = (app, context) => {
  app.get("/linode/instances/:id/ips", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    return c.json(addressesView(context.store, regionById(context.regions, linode.region), linode));
  });
  app.post("/linode/instances/:id/ips", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const entry = allocate(context, linode, await readBody(c, allocateBody));
    return c.json(addressView(context.store, regionById(context.regions, linode.region), entry));
  });
  app.delete("/linode/instances/:id/ips/:address", (c) => {
    remove(context, context.store.linode(pathId(c, "id")), c.req.param("address"));
    return c.json({});
  });
  networkingRoutes(app, context);
};
