import type { PairRole } from "./cluster.ts";
import type { Secret } from "./secret.ts";

/** An X.509 certificate (public, PEM) and its private key (PKCS #8 PEM). */
export interface Certificate {
  readonly certificate: string;
  readonly key: Secret<string>;
  /** SHA-256 of the DER, lower-case hexadecimal without separators. */
  readonly fingerprint: string;
}

/** Everything that was generated for a cluster. Lives encrypted in the store. */
export interface ClusterSecrets {
  readonly rootPassword: Secret<string>;
  readonly replicationPassword: Secret<string>;
  /** The site's own database user. */
  readonly databasePassword: Secret<string>;
  /** MariaDB user of the monitoring checks. */
  readonly monitorPassword: Secret<string>;
  readonly drbdSecret: Secret<string>;
  /** Base64 of 256 random bytes, one per pair. */
  readonly corosyncKey: Record<PairRole, Secret<string>>;
  readonly pacemakerKey: Record<PairRole, Secret<string>>;
  /** The cluster's own certificate authority; signs what follows. */
  readonly authority: Certificate;
  /** Common name `Qnetd Server`, as corosync-qdevice requires it. */
  readonly qnetd: Certificate;
  /** Common name = Corosync cluster name (`prod-db`), as corosync-qnetd requires it. */
  readonly qdevice: Record<PairRole, Certificate>;
  /** Serves the site on 443 until a public certificate is configured. */
  readonly site: Certificate;
}
