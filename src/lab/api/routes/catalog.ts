import { images, kernels, planTypes, regionCapabilities } from "../catalog.ts";
import type { Region } from "../catalog.ts";
import type { Routes } from "../context.ts";
import { notFound } from "../errors.ts";
import { paginate } from "../paging.ts";
import { imageView, typeView } from "../catalog-views.ts";
import { maximumMembers } from "./placement.ts";

function regionView(region: Region) {
  return {
    id: region.id,
    label: region.label,
    country: region.country,
    capabilities: regionCapabilities,
    status: "ok",
    resolvers: { ipv4: region.resolvers.ipv4.join(", "), ipv6: region.resolvers.ipv6.join(", ") },
    placement_group_limits: {
      maximum_pgs_per_customer: null,
      maximum_linodes_per_pg: maximumMembers,
      maximum_linodes_per_flexible_pg: maximumMembers,
    },
    site_type: "core",
    monitors: { alerts: [], metrics: [] },
  };
}

function kernelView(kernel: (typeof kernels)[number]) {
  return {
    id: kernel.id,
    label: kernel.label,
    version: kernel.version,
    kvm: true,
    architecture: "x86_64",
    pvops: true,
    deprecated: false,
    built: "2025-07-21T14:00:00",
  };
}

function availability(region: Region) {
  return planTypes.map((plan) => ({ region: region.id, plan: plan.id, available: true }));
}

function found<T>(item: T | undefined): T {
  if (item === undefined) throw notFound();
  return item;
}

/** What can be bought where: regions, plans, images, kernels. */
export const catalogRoutes: Routes = (app, { regions }) => {
  const byId = (id: string): Region => found(regions.find((candidate) => candidate.id === id));
  app.get("/regions", (c) =>
    c.json(paginate(regions.map(regionView), c.req.query(), c.req.header("X-Filter"), ["id", "label", "country"])),
  );
  app.get("/regions/availability", (c) =>
    c.json(paginate(regions.flatMap(availability), c.req.query(), c.req.header("X-Filter"), ["region", "plan"])),
  );
  app.get("/regions/:id", (c) => c.json(regionView(byId(c.req.param("id")))));
  app.get("/regions/:id/availability", (c) => c.json(availability(byId(c.req.param("id")))));
  app.get("/linode/types", (c) =>
    c.json(
      paginate(planTypes.map(typeView), c.req.query(), c.req.header("X-Filter"), ["label", "class", "vcpus", "disk"]),
    ),
  );
  app.get("/linode/types/:id", (c) => c.json(typeView(found(planTypes.find((plan) => plan.id === c.req.param("id"))))));
  app.get("/images", (c) =>
    c.json(
      paginate(images.map(imageView), c.req.query(), c.req.header("X-Filter"), [
        "deprecated",
        "is_public",
        "label",
        "size",
        "vendor",
        "type",
        "status",
      ]),
    ),
  );
  app.get("/images/:id{.+}", (c) => {
    const id = decodeURIComponent(c.req.param("id"));
    return c.json(imageView(found(images.find((image) => image.id === id))));
  });
  app.get("/linode/kernels", (c) =>
    c.json(paginate(kernels.map(kernelView), c.req.query(), c.req.header("X-Filter"), ["label", "version", "kvm"])),
  );
  app.get("/linode/kernels/:id{.+}", (c) => {
    const id = decodeURIComponent(c.req.param("id"));
    return c.json(kernelView(found(kernels.find((kernel) => kernel.id === id))));
  });
};
