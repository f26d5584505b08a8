import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { at, deployBody, idOf, startBench, until } from "./harness.ts";
import type { Bench } from "./harness.ts";
import { bare, deployed, instances, reachStatus } from "./steps.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.close();
});

describe("creation", () => {
  test.each<[string, Record<string, unknown>, string, string | undefined]>([
    ["an unknown field", { colour: "red" }, "Unknown field", "colour"],
    ["a wrong type", { label: 7 }, "expected string", "label"],
    ["a short label", { label: "ab" }, "Length must be 3-64 characters", "label"],
    ["a label with doubled dashes", { label: "a--b" }, "Label must", "label"],
    ["a label in use", { label: "taken" }, "Label must be unique", "label"],
    ["an unknown region", { region: "us-moon" }, "region is not valid", "region"],
    ["a missing region", { region: undefined }, "region is required", "region"],
    ["an unknown type", { type: "g9-x" }, "A valid plan type", "type"],
    ["an unknown image", { image: "linode/os2" }, "image is not valid", "image"],
    ["nobody who could log in", { authorized_keys: [] }, "Must provide valid root_pass", undefined],
    ["a key that is none", { authorized_keys: ["hello"] }, "SSH Key is not valid", "authorized_keys[0]"],
    ["a weak password", { root_pass: "aaaaaaaa" }, "complexity", "root_pass"],
    ["user data in clear", { metadata: { user_data: "#cloud-config" } }, "base64", "metadata.user_data"],
    ["a VLAN without a name", { interfaces: [{ purpose: "vlan" }] }, "Must be 1-64", "interfaces[0].label"],
    [
      "a bad VLAN address",
      { interfaces: [{ purpose: "vlan", label: "v", ipam_address: "10.0.0.1" }] },
      "prefix",
      "interfaces[0].ipam_address",
    ],
    [
      "four interfaces",
      { interfaces: [{ purpose: "public" }, ...["a", "b", "c"].map((label) => ({ purpose: "vlan", label }))] },
      "no more than 3",
      "interfaces",
    ],
    ["an unknown placement group", { placement_group: { id: 1 } }, "Invalid placement group", "placement_group.id"],
    ["a short tag", { tags: ["x"] }, "Length must be 3-50", "tags[0]"],
  ])("refuses %s", async (_name, change, reason, field) => {
    await bare(bench, "taken");
    const answer = await bench.raw("POST", instances, deployBody("fresh", change));
    expect(answer.status).toBe(400);
    expect(at(answer.body, "errors.0.reason")).toContain(reason);
    expect(at(answer.body, "errors.0.field")).toBe(field);
    expect(at((await bench.raw("GET", instances)).body, "results")).toBe(1);
  });

  test("runs through its states and events", async () => {
    const created = await bench.raw("POST", instances, deployBody("web1"));
    expect(at(created.body, "status")).toBe("provisioning");
    const id = idOf(created);
    await reachStatus(bench, id, "running");
    const filter = JSON.stringify({ "entity.id": id, "entity.type": "linode", "+order_by": "id" });
    const events = await until(
      () => bench.raw("GET", "/v4beta/account/events", undefined, { "X-Filter": filter }),
      (answer) => at(answer.body, "data.1.status") === "finished",
    );
    expect(events.body).toMatchObject({
      data: [
        { action: "linode_create", status: "finished", percent_complete: 100, secondary_entity: { type: "image" } },
        {
          action: "linode_boot",
          status: "finished",
          percent_complete: 100,
          secondary_entity: { type: "linode_config" },
        },
      ],
    });
  });

  test("an image brings a root disk, a swap disk and a configuration", async () => {
    const id = await deployed(bench, "web1", { booted: false });
    const disks = await bench.raw("GET", `${instances}/${String(id)}/disks`);
    expect(disks.body).toMatchObject({
      data: [
        { size: 25_600 - 512, filesystem: "ext4", status: "ready" },
        { size: 512, filesystem: "swap" },
      ],
    });
    const configs = await bench.raw("GET", `${instances}/${String(id)}/configs`);
    expect(at(configs.body, "data.0.devices.sdb.volume_id")).toBe(null);
    expect(at(configs.body, "data.0.devices.sdc")).toBe(null);
  });
});

test("placement groups hold five Linodes of their region", async () => {
  const body = {
    label: "pairs",
    region: "us-ord",
    placement_group_type: "anti_affinity:local",
    placement_group_policy: "strict",
  };
  const group = idOf(await bench.raw("POST", "/v4/placement/groups", body));
  for (let index = 0; index < 5; index += 1)
    await bare(bench, `m${String(index)}x`, { placement_group: { id: group } });
  const view = await bench.raw("GET", `/v4/placement/groups/${String(group)}`);
  expect(at(view.body, "is_compliant")).toBe(true);
  const sixth = await bench.raw("POST", instances, deployBody("m6x", { placement_group: { id: group } }));
  expect(at(sixth.body, "errors.0.reason")).toContain("maximum");
  const far = await bench.raw(
    "POST",
    instances,
    deployBody("far", { region: "us-east", placement_group: { id: group } }),
  );
  expect(at(far.body, "errors.0.reason")).toContain("same region");
  const [one, two] = [await bare(bench, "one"), await bare(bench, "two")];
  const assign = `/v4/placement/groups/${String(group)}/assign`;
  expect((await bench.raw("POST", assign, { linodes: [one, two] })).status).toBe(400);
  expect((await bench.raw("POST", assign, { linodes: [one] })).status).toBe(400);
});
