import { expect, test } from "vitest";
import type { Holder } from "../../src/core/sign-in.ts";
import { openWorld } from "./fixture.ts";
import { onBothStores } from "./stores.ts";

const minute = 60_000;
const alice: Holder = { actor: "alice", identity: { via: "slack", id: "U1" } };

onBothStores((store) => {
  test("a link signs in once, within five minutes", async () => {
    const { engine, clock, close } = await openWorld([], { place: await store.place() });
    const { signIns } = engine;
    const link = await signIns.issue(alice);
    clock.pass(5 * minute - 1);
    const both = await Promise.all([signIns.redeem(link), signIns.redeem(link)]);
    const [session] = both.filter((each) => each !== undefined);
    expect(both.filter((each) => each === undefined)).toHaveLength(1);
    expect(await signIns.holder(session?.token ?? "")).toEqual(alice);
    const late = await signIns.issue(alice);
    clock.pass(5 * minute);
    expect(await signIns.redeem(late)).toBeUndefined();
    expect(await signIns.redeem("")).toBeUndefined();
    // A link is no session, and a session no link.
    expect(await signIns.holder(link)).toBeUndefined();
    expect(await signIns.redeem(session?.token ?? "")).toBeUndefined();
    await close();
  });

  test("a session lasts while it is used, and no longer than twelve hours", async () => {
    const { engine, clock, close } = await openWorld([], { place: await store.place() });
    const { signIns } = engine;
    const signIn = async () => (await signIns.redeem(await signIns.issue(alice)))?.token ?? "";
    const [idle, used] = [await signIn(), await signIn()];
    for (let quarters = 1; quarters < 48; quarters += 1) {
      clock.pass(15 * minute);
      expect(await signIns.holder(used)).toEqual(alice);
    }
    expect(await signIns.holder(idle)).toBeUndefined();
    clock.pass(15 * minute);
    expect(await signIns.holder(used)).toBeUndefined();
    await close();
  });

  test("a session outlives the process, and ends everywhere when its person says so", async () => {
    const place = await store.place();
    const before = await openWorld([], { place });
    const one = (await before.engine.signIns.redeem(await before.engine.signIns.issue(alice)))?.token ?? "";
    await before.close();
    const { engine, close } = await openWorld([], { place });
    const { signIns } = engine;
    expect(await signIns.holder(one)).toEqual(alice);
    const two = (await signIns.redeem(await signIns.issue(alice)))?.token ?? "";
    const link = await signIns.issue(alice);
    const bob = (await signIns.redeem(await signIns.issue({ ...alice, actor: "bob" })))?.token ?? "";
    expect(await signIns.endAll("alice")).toBe(2);
    expect([await signIns.holder(one), await signIns.holder(two)]).toEqual([undefined, undefined]);
    expect(await signIns.redeem(link)).toBeUndefined();
    expect(await signIns.holder(bob)).toMatchObject({ actor: "bob" });
    await signIns.end(bob);
    await signIns.end(bob);
    expect(await signIns.holder(bob)).toBeUndefined();
    const kinds = (await engine.audit.records()).map(({ kind, actor }) => `${kind} ${actor}`);
    expect(kinds.filter((kind) => kind.startsWith("web.signed-out"))).toEqual([
      "web.signed-out alice",
      "web.signed-out alice",
      "web.signed-out bob",
    ]);
    await close();
  });
});
