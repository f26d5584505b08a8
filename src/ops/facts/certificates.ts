import { validitiesIn, type Validity } from "../../core/certificate.ts";
import type { Fact } from "../../core/fact.ts";
import { lines, sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** Where a certificate lies on a node: in a PEM file, or in an NSS database under its nickname. */
export type CertificatePlace =
  | { readonly what: string; readonly file: string }
  | { readonly what: string; readonly directory: string; readonly nickname: string };

/** By `what`: all certificates at that place, the own one and those it comes with; none where there is no such thing. */
export type Certificates = Readonly<Record<string, readonly Validity[]>>;

/** Validity of the certificates at these places. Keys that lie beside them stay where they are. */
export function certificates(places: readonly CertificatePlace[]): Fact<Certificates> {
  const show = (place: CertificatePlace) =>
    "file" in place
      ? sh`if [ -e ${place.file} ]; then sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' ${place.file} || exit 1; fi`
      : sh`if [ -d ${place.directory} ]; then
  names=$(certutil -L -d ${place.directory}) || exit 1
  if printf '%s\n' "$names" | grep -q ${`^${place.nickname} `}; then
    certutil -L -d ${place.directory} -n ${place.nickname} -a || exit 1
  fi
fi`;
  return {
    name: "certificates",
    script: lines([...places.flatMap((place, at) => [sh`echo ${`@${at}`}`, show(place)]), sh`echo complete`]),
    parse(output) {
      const text = output.replaceAll("\r\n", "\n");
      return Object.fromEntries(
        places.map(({ what }, at) => {
          const end = at + 1 < places.length ? `@${at + 1}` : "complete";
          const part = new RegExp(`^@${at}\n([^@]*?)^${end}$`, "m").exec(text)?.[1];
          if (part === undefined) throw unreadable(`What lies at ${what} was cut off.`);
          return [what, validitiesIn(part)];
        }),
      );
    },
    query: places.map(({ what }) => what),
  };
}
