import fc from "fast-check";
import { expect, it } from "vitest";
import type { Told } from "../../../src/core/fact.ts";
import { judgeCertificates } from "../../../src/policy/watch/certificates.ts";
import { judgeClocks } from "../../../src/policy/watch/clocks.ts";
import { judgeDisks } from "../../../src/policy/watch/disks.ts";
import type { Looked } from "../../../src/policy/watch/looked.ts";
import { judgeNagios } from "../../../src/policy/watch/nagios.ts";
import { judgeUpdates } from "../../../src/policy/watch/updates.ts";
import { mutation } from "../../fixtures/mutations.ts";
import { framed, recordedCluster, recordings, toldBy } from "../../fixtures/recorded.ts";

const cluster = recordedCluster();
const all = recordings(cluster).filter(({ scene }) => scene === "watched");
const admin = cluster.nodes.find(({ role }) => role === "admin");
if (admin === undefined) throw new Error("there is no admin");

const recorded = (name: string) => {
  const found = all.find(({ node, kind }) => `${node.name} ${kind}` === name);
  if (found === undefined) throw new Error(`${name} was not recorded`);
  return found;
};

/** Each recording as bad as it can be, and its judge. */
const bad = (["lb1 certificates", "web2 clock", "web1 disks", "admin1 nagios", "web1 updates"] as const).map((name) => {
  const { fact, output, kind } = recorded(name);
  const worse = kind === "disks" ? output.replaceAll(/^df (.*) \d+ (\d+ \d+ \/.*)$/gm, "df $1 0 $2") : output;
  const judge: (told: Told<never>) => Looked = {
    certificates: (told: Told<never>) => judgeCertificates({ name: "lb1" }, told, Date.parse("2040-01-01T00:00:00Z")),
    clock: (told: Told<never>) => judgeClocks([{ name: "web2", told, asked: 5000, answered: 6000 }]),
    disks: (told: Told<never>) => judgeDisks("web1", told),
    nagios: (told: Told<never>) => judgeNagios(admin, [], told),
    updates: (told: Told<never>) => judgeUpdates("web1", told),
  }[kind as "updates"];
  return { name, fact, output: worse, judge };
});

const isFine = ({ concerns, unknown }: Looked): boolean => concerns.length === 0 && unknown.length === 0;

it.each(bad.map((one) => [one.name, one] as const))("%s is bad", (_, { fact, output, judge }) => {
  const [told] = toldBy([fact], framed([output]));
  expect(told.known).toBe(true);
  expect(judge(told as Told<never>).concerns).not.toEqual([]);
});

it("whatever comes back, what is bad is never fine", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.constantFrom(...bad), mutation, mutation, ({ fact, output, judge }, a, b) => {
      const [told] = toldBy([fact], b(framed([a(output)])));
      const made = judge(told as Told<never>);
      expect(isFine(made)).toBe(false);
      for (const { title, text } of made.concerns) expect(title + text).not.toMatch(/undefined|NaN|[\p{Cc}\p{Cf}]/u);
    }),
    { numRuns: 10_000, seed: 3 },
  );
});
