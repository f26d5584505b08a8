import { validitiesIn, type Validity } from "../../core/certificate.ts";
import type { Role } from "../../core/cluster.ts";
import { toFailure } from "../../core/errors.ts";
import { untold, type Told } from "../../core/fact.ts";
import type { Severity } from "../../core/notice.ts";
import type { ClusterSecrets } from "../../core/secrets.ts";
import { counted } from "../../core/words.ts";
import type { CertificatePlace, Certificates } from "../../ops/facts/certificates.ts";
import { authorityNickname, qdeviceStore, qnetdStore } from "../../ops/nss.ts";
import { certificate as siteCertificate } from "../lb.ts";
import type { Concern } from "./concern.ts";
import { all, judged, looked, type Looked } from "./looked.ts";

const site: CertificatePlace = { what: "site", file: siteCertificate };
const quorum = (store: { readonly directory: string; readonly nickname: string }): CertificatePlace[] => [
  { what: "quorum", ...store },
  { what: "quorum-authority", directory: store.directory, nickname: authorityNickname },
];

/** The certificates on a node of each role. */
export const watchedCertificates: Readonly<Record<Role, readonly CertificatePlace[]>> = {
  lb: [site, ...quorum(qdeviceStore)],
  web: [],
  db: quorum(qdeviceStore),
  nfs: quorum(qdeviceStore),
  admin: quorum(qnetdStore),
};

/** What each is, and what stops without it. */
const means: Readonly<Record<string, readonly [what: string, without: string]>> = {
  site: ["the certificate of the site", "Browsers refuse the site without it."],
  quorum: ["the certificate of the quorum device", "The pair loses its third vote without it, and with it a failover."],
  "quorum-authority": ["the authority of the quorum device", "All pairs lose their third vote without it."],
};

/** Days before the end, the most urgent first. */
const limits: readonly { readonly severity: Severity; readonly days: number }[] = [
  { severity: "critical", days: 3 },
  { severity: "warning", days: 14 },
  { severity: "info", days: 30 },
];
const dayMs = 86_400_000;

/** Where certificates are: a node, or the bot's own store. */
interface Holder {
  /** In keys: `lb1`, `store`. */
  readonly name: string;
  /** The holder's own clock, where it is known to differ from ours: milliseconds since 1970. */
  readonly clock?: number | undefined;
}

/**
 * Certificates that end soon, have ended, or do not hold yet; a chain is as good as the worst of it. By our clock, and
 * where the node has another one also by that. Keys are `certificate HOLDER WHAT`.
 * @param now milliseconds since 1970
 */
export function judgeCertificates(holder: Holder, told: Told<Certificates>, now: number): Looked {
  return judged(told, holder.name, `certificate ${holder.name}`, (found) =>
    looked(Object.entries(found).flatMap(([what, chain]) => judgeOne(holder, what, chain, now))),
  );
}

function judgeOne({ name, clock }: Holder, what: string, chain: readonly Validity[], now: number): Concern[] {
  const [title, without] = means[what] ?? [what, ""];
  const concern = (severity: Severity, says: string, dates: Concern["facts"] = []): Concern => ({
    key: `certificate ${name} ${what}`,
    severity,
    title: `${title} ${name === "store" ? "in the bot's store" : `on ${name}`} ${says}`,
    text: `${without} Nonet does not renew it by itself.`,
    facts: dates,
    next: null,
  });
  if (chain.length === 0) return [concern("critical", "is not there")];
  const from = Math.max(...chain.map((one) => one.from));
  const until = Math.min(...chain.map((one) => one.until));
  const dates = [["holds", `${dayOf(from)} to ${dayOf(until)}`]] as const;
  const left = (until - now) / dayMs;
  if (left < 0) return [concern("critical", `ended ${counted(Math.ceil(-left), "day")} ago`, dates)];
  if (now < from) return [concern("critical", `holds only from ${dayOf(from)}`, dates)];
  if (clock !== undefined && (clock < from || clock > until)) {
    return [concern("critical", "does not hold by that node's clock, which is wrong", dates)];
  }
  const limit = limits.find(({ days }) => left < days);
  return limit === undefined ? [] : [concern(limit.severity, `ends in ${counted(Math.floor(left), "day")}`, dates)];
}

/** The cluster's certificates in the bot's own store, which nodes are given when they are built. */
export function judgeStore(
  secrets: Pick<ClusterSecrets, "authority" | "qnetd" | "qdevice" | "site">,
  now: number,
): Looked {
  const { authority, qnetd, qdevice } = secrets;
  const held = { site: [secrets.site], quorum: [qnetd, ...Object.values(qdevice)], "quorum-authority": [authority] };
  return all(
    ...Object.entries(held).map(([what, certificates]) =>
      judgeCertificates(
        { name: "store" },
        told(
          what,
          certificates.map((one) => one.certificate),
        ),
        now,
      ),
    ),
  );
}

function told(what: string, pems: readonly string[]): Told<Certificates> {
  try {
    return { known: true, value: { [what]: pems.flatMap(validitiesIn) } };
  } catch (error) {
    return untold(toFailure(error).message);
  }
}

/** `2026-11-25`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
