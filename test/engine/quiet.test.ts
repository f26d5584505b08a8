import { expect, test } from "vitest";
import { beside } from "./fixture.ts";
import { everything, factOf, lag, last, open, routing } from "./noticing.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const minute = 60_000;
const night = { from: "22:00", to: "07:00", timezone: "Europe/Berlin" };

onBothStores((store) => {
  test("in quiet hours what can wait does, over midnight and through the change of the clock, and is told as one list", async () => {
    const place = await store.place();
    const quiet = { ...everything, quiet: night, mention: ["carol"] };
    const world = await open({ place, routesFor: routing(quiet) });
    const { mouth, notices, clock, state } = world;
    // 23:30 in Berlin; at 02:00 the clock jumps to 03:00, so that 07:00 is an hour sooner.
    clock.pass(Date.parse("2026-03-28T22:30:00Z") - clock.now());
    await notices.raise(lag());
    clock.pass(60 * minute);
    await notices.raise(lag());
    await notices.raise(lag({ key: "other", severity: "info", title: "something was tidied up" }));
    await notices.raise(lag({ key: "gone", title: "web1 of prod is gone" }));
    await notices.resolve("gone");
    await notices.raise(lag({ key: "down", severity: "critical", title: "prod is down" }));
    await mouth.until(() => mouth.messages.length === 1 && mouth.messages[0]?.mentions.length === 1);
    expect(last(mouth)).toMatchObject({ title: "prod is down", state: "failed" });
    clock.pass(Date.parse("2026-03-29T04:59:00Z") - clock.now());
    // Whoever says this has looked at what is held.
    await notices.raise(lag({ key: "still", severity: "critical", title: "prod is still down" }));
    await mouth.until(() => mouth.messages.length === 2 && mouth.messages[1]?.mentions.length === 1);
    expect(await state.store.all("select * from held_notices")).toHaveLength(3);
    clock.pass(minute);
    await mouth.until(() => mouth.messages.length === 3);
    expect(last(mouth, 2)).toMatchObject({
      title: "3 things happened between 22:00 and 07:00",
      state: "asking",
      actions: [],
      table: {
        columns: ["when", "what", "times", "now", "id"],
        rows: [
          ["23:30", "db2 of prod lags behind", "2", "warning", expect.stringMatching(/^[0-9a-f]{8}$/)],
          ["00:30", expect.anything(), "1", expect.anything(), expect.anything()],
          ["00:30", expect.anything(), "1", expect.anything(), expect.anything()],
        ],
      },
    });
    const rest = last(mouth, 2)?.table?.rows.slice(1) ?? [];
    expect(rest.map(([, what, , now]) => `${what}: ${now}`).toSorted()).toEqual([
      "something was tidied up: info",
      "web1 of prod is gone: resolved",
    ]);
    expect(mouth.messages[2]?.mentions).toEqual([]);
    // What goes on by day has a card of its own from then on.
    await notices.raise(lag());
    await mouth.until(() => mouth.messages.length === 4);
    expect(factOf(mouth, "happened", 3)).toMatch(/^3 times since 22:30 UTC/);
    expect(await state.store.all("select * from held_notices")).toEqual([]);
  });

  test("what was held alone is told as it is, at once when it becomes critical, and never where nobody wants it any more", async () => {
    let route = routing({ ...everything, quiet: night, mention: ["carol"] });
    const { mouth, notices, clock, state } = await open({
      place: await store.place(),
      routesFor: (...about) => route(...about),
    });
    await notices.raise(lag());
    await notices.raise(lag({ key: "worse", title: "worse" }));
    await notices.raise(lag({ key: "worse", title: "worse", severity: "critical" }));
    await mouth.until(() => mouth.messages.length === 1);
    expect(last(mouth)).toMatchObject({ title: "worse", state: "failed" });
    await notices.raise(lag({ key: "worse", title: "worse", severity: "critical" }));
    await mouth.until(() => factOf(mouth, "happened")?.startsWith("3 times") === true);
    clock.pass(7 * 60 * minute);
    await mouth.until(() => mouth.messages.length === 2);
    expect(last(mouth, 1)?.actions).toMatchObject([{ label: "Acknowledge" }]);
    clock.pass(16 * 60 * minute);
    await notices.raise(lag({ key: "unwanted", title: "unwanted" }));
    route = routing({ channel: "ops", on: ["glass"] });
    clock.pass(10 * 60 * minute);
    await notices.raise(lag({ key: "glass", topic: "glass", title: "wanted" }));
    await mouth.until(() => mouth.messages.length === 3);
    expect(mouth.messages.map(({ cards }) => cards[0]?.title)).toEqual(["worse", "db2 of prod lags behind", "wanted"]);
    expect(await state.store.all("select * from held_notices")).toEqual([]);
    // The phone rang once.
    expect(mouth.messages.map(({ mentions }) => mentions)).toEqual([["carol"], [], []]);
  });
});

onPostgres((store) => {
  test("two instances count the same notice and tell each thing once", async () => {
    const place = await store.place();
    const quiet = routing({ ...everything, quiet: { from: "00:00", to: "00:30" } });
    const first = await open({ place, routesFor: quiet });
    const { mouth, clock } = first;
    const second = await open({ place: beside(place), mouth, clock, routesFor: quiet });
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? first : second).notices.raise(lag({ key: `lag:${at % 3}` })),
      ),
    );
    expect((await first.notices.open()).map(({ count }) => String(count)).toSorted()).toEqual(["6", "7", "7"]);
    clock.pass(31 * minute);
    await mouth.until(() => mouth.messages.length === 1);
    expect(last(mouth)?.title).toBe("3 things happened between 00:00 and 00:30");
    const [one] = await first.notices.open();
    const seen = await Promise.allSettled(
      [first, second].map(({ notices }, at) => notices.acknowledge(one?.id ?? "", at === 0 ? "alice" : "bob")),
    );
    expect(seen.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await second.notices.raise(lag({ key: "lag:1" }));
    await mouth.until(() => mouth.messages.length === 2);
    expect(mouth.wrongs).toEqual([]);
  });
});
