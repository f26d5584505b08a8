import { expect, test } from "vitest";
import { baseStages } from "../../src/policy/base.ts";
import { nodeNamed, sampleCluster } from "./sample.ts";

const cluster = sampleCluster();

test("SSH moves before the firewall closes, and names come before what uses them", () => {
  for (const node of cluster.nodes) {
    const names = baseStages(cluster, node).map((stage) => stage.name);
    expect(names).toEqual(["packages", "names and time", "clock", "way in", "network", "firewall"]);
  }
});

test("no two items of a node are about the same thing", () => {
  for (const node of cluster.nodes) {
    const keys = baseStages(cluster, node, ["ssh-ed25519 AAAA bot"]).flatMap((stage) =>
      stage.items.map((item) => `${item.operation.name} ${item.key}`),
    );
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("a unit stands in a later stage than the files it watches", () => {
  const stages = baseStages(cluster, nodeNamed(cluster, "db1"));
  const files = stages.findIndex((stage) => stage.items.some((item) => item.key === "/etc/chrony/chrony.conf"));
  const unit = stages.findIndex((stage) => stage.items.some((item) => item.key === "chrony.service"));
  expect(files).toBeGreaterThan(-1);
  expect(unit).toBeGreaterThan(files);
});

const items = (keys: string[]) =>
  baseStages(cluster, nodeNamed(cluster, "db1"), keys).flatMap((stage) => stage.items.map((item) => item.key));

test("keys are set only when they are given", () => {
  expect(items([])).not.toContain("/root/.ssh/authorized_keys");
  expect(items(["ssh-ed25519 AAAA bot"])).toContain("/root/.ssh/authorized_keys");
});

test.each(["db1", "admin1"])("wanted state of %s", async (name) => {
  const stages = baseStages(cluster, nodeNamed(cluster, name));
  const text = stages
    .filter((stage) => stage.name !== "firewall")
    .map((stage) =>
      [
        `# ${stage.name}`,
        ...stage.items.map((item) => `${item.operation.name} ${JSON.stringify(item.want, null, 1)}`),
      ].join("\n"),
    )
    .join("\n\n");
  await expect(`${text.replaceAll("\\n", "\n")}\n`).toMatchFileSnapshot(`base/${name}.txt`);
});
