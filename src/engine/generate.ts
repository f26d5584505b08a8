import { randomBytes } from "node:crypto";
import { pairRoles, type PairRole } from "../core/cluster.ts";
import { Secret } from "../core/secret.ts";
import type { Certificate, ClusterSecrets } from "../core/secrets.ts";
import { newAuthority } from "./pki.ts";

/** 32 characters that need no quoting anywhere: 192 bits. */
const password = (): Secret<string> => new Secret(randomBytes(24).toString("base64url"));
/** Corosync and Pacemaker keys: 256 bytes, as `corosync-keygen` makes them (2048 bits). */
const clusterKey = (): Secret<string> => new Secret(randomBytes(256).toString("base64"));

function perPair<T>(make: (role: PairRole) => T): Record<PairRole, T> {
  return { lb: make("lb"), db: make("db"), nfs: make("nfs") };
}

/** Generates everything a cluster keeps secret. `domains` go into the site's certificate. `now` is in milliseconds. */
export async function generateSecrets(
  cluster: string,
  domains: readonly string[],
  now: number,
): Promise<ClusterSecrets> {
  const authority = await newAuthority(`Nonet ${cluster}`, now);
  const [qnetd, site, ...qdevices] = await Promise.all([
    authority.sign({ commonName: "Qnetd Server", usage: "server", domains: [] }),
    authority.sign({
      commonName: domains[0] ?? cluster,
      usage: "server",
      domains: domains.length === 0 ? [cluster] : domains,
    }),
    ...pairRoles.map((role) =>
      authority
        .sign({ commonName: `${cluster}-${role}`, usage: "client", domains: [] })
        .then((made) => ({ role, made })),
    ),
  ]);
  const certificateOf = (role: PairRole): Certificate => {
    const found = qdevices.find((one) => one.role === role);
    if (found === undefined) throw new TypeError(`no qdevice certificate for ${role}`);
    return found.made;
  };
  return {
    rootPassword: password(),
    replicationPassword: password(),
    databasePassword: password(),
    monitorPassword: password(),
    drbdSecret: password(),
    corosyncKey: perPair(clusterKey),
    pacemakerKey: perPair(clusterKey),
    authority: authority.own,
    qnetd,
    qdevice: perPair(certificateOf),
    site,
  };
}
