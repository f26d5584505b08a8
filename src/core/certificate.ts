import { OpsError } from "./errors.ts";

/** From when until when a certificate holds: milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/**
 * The validity of each certificate in a PEM text, in its order (RFC 5280, 4.1: a walk over the DER up to the dates).
 * @throws OpsError `unreadable_certificate` when anything else than whole certificates is in it
 */
export function validitiesIn(pem: string): Validity[] {
  const blocks = [...pem.matchAll(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n?/gm)];
  if (blocks.map(([whole]) => whole).join("") !== pem) throw broken("there is something else between them");
  return blocks.map(([, base64 = ""]) => validityOf(bytesOf(base64.replaceAll("\n", ""))));
}

const broken = (why: string): OpsError =>
  new OpsError({ code: "unreadable_certificate", message: `The certificates cannot be read: ${why}.` });

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
  } catch {
    throw broken("one is not in base64");
  }
}

/** Tags of DER (X.690). */
const sequence = 0x30;
const version = 0xa0;
const utcTime = 0x17;
const generalizedTime = 0x18;

interface Element {
  readonly tag: number;
  readonly from: number;
  readonly end: number;
}

function validityOf(der: Uint8Array): Validity {
  const certificate = elementAt(der, 0, der.length, sequence);
  if (certificate.end !== der.length) throw broken("one has no end");
  const [signed, , ...rest] = within(der, certificate);
  if (signed?.tag !== sequence || rest.length !== 1) throw broken("one has not the parts of a certificate");
  const fields = within(der, signed).filter(({ tag }) => tag !== version);
  // Serial number, algorithm, issuer, validity, subject, key; extensions may follow.
  const validity = fields[3];
  if (fields.length < 6 || validity?.tag !== sequence) throw broken("one has no validity");
  const [from, until, ...more] = within(der, validity).map((field) => timeOf(der, field));
  if (from === undefined || until === undefined || more.length > 0 || from > until) {
    throw broken("one does not tell from when until when it holds");
  }
  return { from, until };
}

function within(der: Uint8Array, { from, end }: Element): Element[] {
  const found: Element[] = [];
  for (let at = from; at < end;) {
    const element = elementAt(der, at, end);
    found.push(element);
    at = element.end;
  }
  return found;
}

function elementAt(der: Uint8Array, at: number, limit: number, wanted?: number): Element {
  const tag = der[at] ?? 0;
  const first = der[at + 1] ?? 0xff;
  const more = first < 0x80 ? 0 : first - 0x80;
  if (more > 4 || (wanted !== undefined && tag !== wanted)) throw broken("one is not in DER");
  const from = at + 2 + more;
  const size = more === 0 ? first : der.subarray(at + 2, from).reduce((sum, byte) => sum * 256 + byte, 0);
  if (from + size > limit) throw broken("one is cut off");
  return { tag, from, end: from + size };
}

/** `YYMMDDHHMMSSZ`, years from 1950 to 2049, or `YYYYMMDDHHMMSSZ`. */
function timeOf(der: Uint8Array, { tag, from, end }: Element): number {
  if (tag !== utcTime && tag !== generalizedTime) throw broken("one has dates of an unknown kind");
  const text = String.fromCodePoint(...der.subarray(from, end));
  const short = tag === utcTime ? (Number(text.slice(0, 2)) < 50 ? `20${text}` : `19${text}`) : text;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(short) ?? [];
  const [year = "", month = "", day = "", hour = "", minute = "", second = ""] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) throw broken(`“${text}” is no date`);
  return time;
}
