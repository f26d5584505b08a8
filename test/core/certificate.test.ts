import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { validitiesIn } from "../../src/core/certificate.ts";
import { newAuthority } from "../../src/engine/pki.ts";

const made = async (now: number) => {
  const authority = await newAuthority("demo", now);
  const leaf = await authority.sign({ commonName: "site", usage: "server", domains: ["example.org"] });
  return leaf.certificate + authority.own.certificate;
};
const asNode = (pem: string) => {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { from: Date.parse(validFrom), until: Date.parse(validTo) };
};

describe("the validity of certificates", () => {
  // UTCTime ends in 2049; GeneralizedTime begins in 2050 (RFC 5280, 4.1.2.5).
  it.each(["2026-11-25", "2045-01-01", "2060-02-29"])("is read as others read it, made on %s", async (day) => {
    const pem = await made(Date.parse(`${day}T12:34:56Z`));
    const blocks = pem.split(/(?<=-----END CERTIFICATE-----\n)/).filter((block) => block.trim() !== "");
    expect(validitiesIn(pem)).toEqual(blocks.map(asNode));
    expect(blocks).toHaveLength(2);
  });

  it("is nothing where there is no certificate", () => expect(validitiesIn("")).toEqual([]));

  it("is not guessed", async () => {
    const pem = await made(Date.parse("2026-11-25T00:00:00Z"));
    const whole = validitiesIn(pem);
    for (let end = 1; end < pem.length; end += 7) {
      let value: unknown;
      try {
        value = validitiesIn(pem.slice(0, end));
      } catch {
        continue;
      }
      // What was cut off between two of them is one less; the fact sees that by its end.
      expect(value).toEqual(whole.slice(0, 1));
    }
    expect(() => validitiesIn(`${pem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`)).toThrow("else");
    expect(() => validitiesIn("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).toThrow("DER");
  });
});
