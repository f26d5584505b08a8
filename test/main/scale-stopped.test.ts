import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { differences } from "../../src/core/converge.ts";
import { unitItem } from "../../src/ops/systemd.ts";
import { openStage } from "./scale-stage.ts";

let stage: Awaited<ReturnType<typeof openStage>>;

beforeAll(async () => {
  stage = await openStage();
  const built = await stage.type("/cluster build demo");
  if (!built.result.ok) throw new Error(built.result.verdict);
}, 120_000);

beforeEach(() => void stage.calm());

afterAll(() => stage.remove());

it("stays as it is when the provider creates no more machines, and says what exists", async () => {
  stage.play().refused = "demo-web4";
  const end = await stage.type("/cluster scale demo web 4");
  expect(end.result.ok).toBe(false);
  expect(JSON.stringify(end.card)).toContain("demo serves as before; no node was told anything.");
  expect(stage.play().changes).toEqual([]);
  expect([await stage.wanted(), await stage.webs()]).toEqual([2, ["web1", "web2", "web3"]]);
  expect((await stage.type("/cluster plan demo")).result.verdict).toContain(
    "left alone: web3; /cluster scale demo web 2",
  );
});

it("takes away what an earlier try left", async () => {
  const end = await stage.type("/cluster scale demo web 2");
  expect(end.result).toMatchObject({ ok: true, data: { web: 2, added: 0, removed: 1 } });
  expect(await stage.webs()).toEqual(["web1", "web2"]);
});

it("deletes nothing while somebody is connected, and lets people decide", async () => {
  expect((await stage.type("/cluster scale demo web 3")).result.ok).toBe(true);
  const { changes } = Object.assign(stage.calm(), { lingering: "web3", hurry: true });
  const end = await stage.type("/cluster scale demo web 2", ["yes", "no"]);
  expect(end.asked[1]?.facts).toContainEqual(["web3", "1 connection from lb1."]);
  expect(end.result.ok).toBe(false);
  expect(end.result.verdict).toContain("Nothing was deleted. web3: 1 connection from lb1.");
  expect([await stage.wanted(), (await stage.webs()).length]).toEqual([3, 3]);
  expect(changes.filter((change) => change.includes("firewall"))).toEqual([]);
  const back = await stage.type("/cluster scale demo web 3");
  expect(back.result).toMatchObject({ ok: true, data: { added: 1, removed: 0 } });
  const approved = await stage.type("/cluster scale demo web 2");
  expect(approved.asked).toHaveLength(2);
  expect(approved.result).toMatchObject({ ok: true, data: { web: 2, removed: 1 } });
  expect(stage.play().failed).toEqual([]);
});

it("uses no server that does not serve; the same command carries on", async () => {
  stage.play().afterChange = async (target, changed, changing) => {
    if (target.node !== "web3" || !changed.includes("srv-www.mount")) return;
    stage.play().hurry = true;
    await target.apply(await differences(target, [unitItem("nginx.service", { running: false })], changing), changing);
  };
  const end = await stage.type("/cluster scale demo web 3");
  expect(end.card.verdict).toMatch(/^web3: It does not serve its page/);
  expect(stage.play().changes).not.toContain("lb2 /etc/nginx/nginx.conf");
  expect(stage.play().failed).toEqual([]);
  stage.play().afterChange = () => Promise.resolve();
  stage.play().hurry = false;
  const again = await stage.type("/cluster scale demo web 3");
  expect(again.result).toMatchObject({ ok: true, data: { web: 3, added: 1 } });
  expect(stage.play().failed).toEqual([]);
});
