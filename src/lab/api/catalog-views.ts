import { images, regionPriceFactors } from "./catalog.ts";
import type { Image, PlanType } from "./catalog.ts";

/** Prices have four decimals at most. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function inRegions(hourly: number, monthly: number) {
  return Object.entries(regionPriceFactors).map(([id, factor]) => ({
    id,
    hourly: round(hourly * factor),
    monthly: round(monthly * factor),
  }));
}

/** A plan with its prices, those of dearer regions too. */
export function typeView(plan: PlanType) {
  return {
    id: plan.id,
    label: plan.label,
    price: { hourly: plan.hourly, monthly: plan.monthly },
    region_prices: inRegions(plan.hourly, plan.monthly),
    addons: {
      backups: {
        price: { hourly: plan.backupsHourly, monthly: plan.backupsMonthly },
        region_prices: inRegions(plan.backupsHourly, plan.backupsMonthly),
      },
    },
    memory: plan.memory,
    disk: plan.disk,
    transfer: plan.transfer,
    vcpus: plan.vcpus,
    gpus: 0,
    network_out: plan.networkOut,
    class: plan.class,
    successor: null,
  };
}

/** An image of the provider. */
export function imageView(image: Image) {
  return {
    id: image.id,
    label: image.label,
    description: "",
    created: "2023-06-13T18:34:11",
    updated: "2026-06-01T12:00:00",
    size: image.size,
    created_by: "linode",
    type: "manual",
    tags: [],
    is_public: true,
    is_shared: false,
    deprecated: false,
    vendor: image.vendor,
    expiry: null,
    eol: "2028-06-30T04:00:00",
    status: "available",
    capabilities: ["cloud-init", "distributed-sites"],
    regions: [],
    total_size: 0,
    image_sharing: null,
  };
}

/** How an image appears in events. */
export function imageEntity(imageId: string) {
  const label = images.find((image) => image.id === imageId)?.label ?? imageId;
  return { id: imageId, type: "image", label, url: `/v4/images/${imageId}` };
}
