// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 needs it, and needs it first.
import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { Secret } from "../core/secret.ts";
import type { Certificate } from "../core/secrets.ts";

x509.cryptoProvider.set(webcrypto);

// RSA because NSS, which corosync-qnetd is built on, is known to take it (corosync-qnetd-certutil makes RSA keys too).
const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const tenYears = 10 * 365 * 24 * 3600 * 1000;
/** Clocks of nodes that have just been born may be behind. */
const anHour = 3600 * 1000;

/** What a certificate is for. */
interface CertificateRequest {
  readonly commonName: string;
  readonly usage: "server" | "client";
  /** Subject alternative names. None for corosync's certificates, which are checked by common name. */
  readonly domains: readonly string[];
}

/** A certificate authority that can sign. */
export interface Authority {
  readonly own: Certificate;
  sign(request: CertificateRequest): Promise<Certificate>;
}

/** Makes a certificate authority valid for ten years, as everything it signs is. `now` is in milliseconds since 1970. */
export async function newAuthority(commonName: string, now: number): Promise<Authority> {
  const keys = await newKeys();
  const validity = { notBefore: new Date(now - anHour), notAfter: new Date(now + tenYears) };
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const sign = async ({ commonName: name, usage, domains }: CertificateRequest): Promise<Certificate> => {
    const leaf = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      subject: [{ CN: [name] }],
      issuer: own.subjectName,
      publicKey: leaf.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage === "server" ? "serverAuth" : "clientAuth"]]),
        await x509.AuthorityKeyIdentifierExtension.create(own),
        ...(domains.length === 0
          ? []
          : [new x509.SubjectAlternativeNameExtension(domains.map((value) => ({ type: "dns", value })))]),
      ],
    });
    return pack(certificate, leaf.privateKey);
  };
  return { own: await pack(own, keys.privateKey), sign };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function pack(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<Certificate> {
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", key);
  return {
    certificate: `${certificate.toString("pem")}\n`,
    key: new Secret(`${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`),
    fingerprint: createHash("sha256").update(Buffer.from(certificate.rawData)).digest("hex"),
  };
}
