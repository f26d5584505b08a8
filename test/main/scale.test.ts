import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openStage, titles } from "./scale-stage.ts";

let stage: Awaited<ReturnType<typeof openStage>>;

beforeAll(async () => {
  stage = await openStage();
}, 120_000);

beforeEach(() => void stage.calm());

afterAll(() => stage.remove());

/** When a change was made, by its place among all of them. */
const at = (what: string) => stage.play().changes.indexOf(what);

it("refuses what cannot be before anything is touched", async () => {
  const submit = (text: string) => stage.start(text);
  await expect(submit("/cluster scale demo web 1")).rejects.toThrow("a cluster needs at least two web servers");
  await expect(submit("/cluster scale demo web 21")).rejects.toThrow("a cluster has at most twenty web servers");
  await expect(submit("/cluster scale demo db 3")).rejects.toThrow("role");
  expect((await stage.type("/cluster scale prod web 3")).card.verdict).toContain("There is no cluster named prod.");
  expect((await stage.type("/cluster scale demo web 3")).card.verdict).toContain("is not built to the end");
  expect((await stage.type("/cluster build demo")).result.ok).toBe(true);
  const { changes } = stage.calm();
  expect((await stage.type("/cluster scale demo web 2")).card.verdict).toContain("demo has 2 web servers already");
  expect(changes).toEqual([]);
});

it("puts two more to use: doors first, one balancer after the other, monitoring last", async () => {
  const end = await stage.type("/cluster scale demo web 4");
  expect(end.result).toMatchObject({
    ok: true,
    verdict: "demo has 4 web servers (new: web3 and web4); all of them serve, proven from outside.",
    data: { proof: { truth: true, page: true, nagios: true, flows: true } },
  });
  expect(stage.play().failed).toEqual([]);
  expect(end.asked[0]?.question?.text).toContain("root can approve it");
  const plan = JSON.stringify(end.asked[0]);
  for (const part of ["web3 and web4 would be created", "a month more than now", "10.10.0.43/32"])
    expect(plan).toContain(part);
  const doors = ["db1", "db2", "nfs1", "nfs2"].map((node) => at(`${node} firewall`));
  const mounted = ["web3", "web4"].map((node) => at(`${node} srv-www.mount`));
  const used = ["lb2", "lb1"].map((node) => at(`${node} /etc/nginx/nginx.conf`));
  const watched = at("admin1 /etc/nagios4/nonet.cfg");
  expect(doors).toEqual(doors.toSorted((a, b) => a - b));
  const order = [Math.max(...doors), Math.min(...mounted), Math.max(...mounted), ...used, watched];
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(Math.min(...doors, ...mounted, ...used)).toBeGreaterThanOrEqual(0);
  const steps = titles(end);
  const between = [
    "Use web1, web2, web3, and web4 on lb2",
    "Prove the page on lb2",
    "Use web1, web2, web3, and web4 on lb1",
  ];
  expect(steps.filter((title) => between.includes(title))).toEqual(between);
});

it("stays scaled when the bot starts again, and a build changes nothing", async () => {
  await stage.close();
  await stage.reopen();
  expect(await stage.wanted()).toBe(4);
  expect((await stage.type("/cluster plan demo")).result.verdict).toContain("nothing would change");
  expect((await stage.type("/cluster build demo")).result).toMatchObject({ ok: true, data: { changed: 0, nodes: 11 } });
});

it("takes two away again: out of use, without a connection, shut out, deleted last", async () => {
  const crashed = Promise.withResolvers<void>();
  stage.play().afterChange = ({ node }, changed) => {
    if (node !== "lb2" || !changed.includes("/etc/nginx/nginx.conf")) return Promise.resolve();
    crashed.resolve();
    return new Promise(() => undefined);
  };
  const runId = await stage.start("/cluster scale demo web 2");
  const first = stage.ended(runId);
  await Promise.race([crashed.promise, first]);
  expect([await stage.wanted(), await stage.webs()]).toEqual([4, ["web1", "web2", "web3", "web4"]]);
  await stage.close();
  stage.play().afterChange = () => Promise.resolve();
  await stage.reopen();
  const end = await stage.ended(runId);
  expect(end.result).toMatchObject({ ok: true, data: { web: 2, removed: 2 } });
  expect(end.card.facts).toContainEqual(["resumed", "1 time after an interruption"]);
  expect(stage.play().failed).toEqual([]);
  const steps = titles(end);
  const order = [
    "Use web1 and web2 on lb2",
    "Use web1 and web2 on lb1",
    "Wait for the last connection on web4",
    "Watch exactly those that are used on admin1",
    "Let in exactly those that are used on db1",
    "Want fewer web servers",
    "Delete web4",
  ];
  expect(steps.filter((title) => order.includes(title))).toEqual(order);
  expect(stage.play().changes.filter((change) => change === "lb2 /etc/nginx/nginx.conf")).toHaveLength(1);
  expect([await stage.wanted(), await stage.webs()]).toEqual([2, ["web1", "web2"]]);
  expect((await stage.type("/cluster plan demo")).result.verdict).toContain("nothing would change");
});
