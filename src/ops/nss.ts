import { z } from "zod";
import { operation } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import type { Certificate } from "../core/secrets.ts";
import { lines, run, sh } from "../core/shell.ts";
import { Path } from "./file.ts";

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

const NssDatabase = z.strictObject({
  directory: Path,
  /** Nickname of the certificate that has a key. */
  nickname: z.string().regex(/^[A-Za-z ]+$/),
  /** Whom else the daemon trusts to sign, as `certutil -t` has it. */
  trust: z.string(),
  owner: z.string(),
  group: z.string(),
  /** SHA-256 of the DER of the authority and of the certificate. */
  authority: fingerprint,
  certificate: fingerprint,
  /** PEM: the authority, and the certificate followed by its key. */
  authorityPem: z.string(),
  bundle: z.instanceof(Secret<string>),
});
/** An NSS certificate database as corosync's quorum device and its server use them. */
export type NssDatabase = z.infer<typeof NssDatabase>;

// Nicknames, trust and folders are those of corosync-qnetd-certutil and corosync-qdevice-net-certutil 3.0.3.
const parts = (authority: Certificate, own: Certificate) => ({
  authority: authority.fingerprint,
  certificate: own.fingerprint,
  authorityPem: authority.certificate,
  bundle: new Secret(`${own.certificate.trimEnd()}\n${own.key.reveal()}`),
});

/** Under which name both databases hold the authority. */
export const authorityNickname = "QNet CA";
/** Where corosync-qnetd has its certificates, and what it calls its own. */
export const qnetdStore = { directory: "/etc/corosync/qnetd/nssdb", nickname: "QNetd Cert" } as const;
/** The same of corosync-qdevice. */
export const qdeviceStore = { directory: "/etc/corosync/qdevice/net/nssdb", nickname: "Cluster Cert" } as const;

/** The database of corosync-qnetd. */
export const qnetdDatabase = (authority: Certificate, own: Certificate): NssDatabase => ({
  ...qnetdStore,
  trust: "CT,,",
  owner: "coroqnetd",
  group: "coroqnetd",
  ...parts(authority, own),
});

/** The database of corosync-qdevice on each node of a pair; both have the same certificate. */
export const qdeviceDatabase = (authority: Certificate, own: Certificate): NssDatabase => ({
  ...qdeviceStore,
  trust: "CT,c,c",
  owner: "root",
  group: "root",
  ...parts(authority, own),
});

/**
 * Keeps an NSS database with one authority (`QNet CA`) and one certificate with its key, told apart by fingerprint.
 * A database that differs is made anew beside the old one and put in its place; nothing in it is worth keeping.
 */
export const nssDatabase = operation<NssDatabase>({
  name: "certificate database",
  state: NssDatabase,
  key: (want) => want.directory,
  read: (wants) =>
    lines([
      sh`look() {
  for name in ${authorityNickname} "$2"; do
    if certutil -L -d "$1" -n "$name" >/dev/null 2>&1; then
      printf '%s ' "$(certutil -L -d "$1" -n "$name" -r | sha256sum | cut -d' ' -f1)"
    else
      printf 'none '
    fi
  done
  if certutil -L -d "$1" 2>/dev/null | grep "^$2 " | grep -q 'u,u,u'; then printf 'key '; else printf 'nokey '; fi
  stat -c '%U %G' "$1" 2>/dev/null || echo none none
}`,
      ...wants.map((want) => sh`look ${want.directory} ${want.nickname}`),
    ]),
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, at) => {
      const [authority = "", certificate = "", key = "", owner = "", group = ""] = (found[at] ?? "").split(" ");
      if (authority === "none" && certificate === "none") return undefined;
      return { ...want, authority, certificate: key === "key" ? certificate : "no key", owner, group };
    });
  },
  apply: (want) => [run(build(want), want.bundle)],
});

const build = (want: NssDatabase) => sh`set -eu
umask 077
work=$(mktemp -d /run/nonet-nss.XXXXXX)
trap 'rm -rf "$work"' EXIT
cat >"$work/own.pem"
printf '%s\n' ${want.authorityPem} >"$work/ca.pem"
: >"$work/empty"
mkdir "$work/db"
certutil -N -d "$work/db" -f "$work/empty"
certutil -A -d "$work/db" -f "$work/empty" -n ${authorityNickname} -t ${want.trust} -a -i "$work/ca.pem"
openssl pkcs12 -export -in "$work/own.pem" -name ${want.nickname} -out "$work/own.p12" -passout pass:
pk12util -i "$work/own.p12" -d "$work/db" -k "$work/empty" -W ''
cp "$work/empty" "$work/db/pwdfile.txt"
chown -R ${`${want.owner}:${want.group}`} "$work/db"
mkdir -p "$(dirname ${want.directory})"
rm -rf ${`${want.directory}.new`}
cp -a "$work/db" ${`${want.directory}.new`}
rm -rf ${want.directory}
mv ${`${want.directory}.new`} ${want.directory}`;
