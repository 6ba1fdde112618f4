import { createPublicKey, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { ConfigError } from "@policy-pack/pack";
import {
  authorityExtensions,
  distinguishedName,
  extension,
  identityExtension,
  leafExtensions,
  OID,
  randomSerial,
  signCertificate,
  toBeSigned,
} from "./certificates.ts";
import type { Issuer, Validity } from "./certificates.ts";
import { sctExtension } from "./ct-log.ts";
import { DEFAULTS, NAMES } from "./defaults.ts";
import { oid, sequence, utf8String } from "./der.ts";

/** Printable ASCII without spaces, as e-mail addresses and URIs in certificates are; one `@` or a scheme. */
const EMAIL = /^[!-?A-~]{1,64}@[!-?A-~]{1,190}$/;
const URI = /^https?:\/\/[!-~]{1,2000}$/;

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A root certificate that signs one certificate and whose key is then forgotten. */
export function createRoot(name: Uint8Array, keys: KeyPair, validity: Validity, pathLength: number): Buffer {
  const issuer: Issuer = { name, key: keys.privateKey, publicKey: keys.publicKey };
  const extensions = authorityExtensions(keys.publicKey, issuer, pathLength);
  return certify({ issuer, subject: name, publicKey: keys.publicKey, validity, extensions });
}

/** The intermediate that signs leaf certificates. */
export function createIntermediate(name: Uint8Array, publicKey: KeyObject, root: Issuer, validity: Validity): Buffer {
  const extensions = [
    ...authorityExtensions(publicKey, root, 0),
    extension(OID.extendedKeyUsage, sequence(oid(OID.codeSigning))),
  ];
  return certify({ issuer: root, subject: name, publicKey, validity, extensions });
}

/** The certificate under which timestamps are signed: RFC 3161, 2.3 wants its one use marked critical. */
export function createTimestampLeaf(name: Uint8Array, publicKey: KeyObject, root: Issuer, validity: Validity): Buffer {
  const extensions = leafExtensions(publicKey, root, { oid: OID.timeStamping, critical: true });
  return certify({ issuer: root, subject: name, publicKey, validity, extensions });
}

export interface LeafRequest {
  readonly identity: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
}

export interface LeafSigner {
  readonly intermediateKey: KeyObject;
  readonly ctLogKey: KeyObject;
}

/**
 * A code-signing certificate (DER) for one identity and issuer, valid from now for ten minutes, with the CT log's
 * timestamp in it. Whether the asker holds the key and is who they say is the caller's to check.
 * Source: Fulcio's certificate specification.
 * @throws ConfigError CONFIG_INVALID for an identity that is neither an e-mail address nor an http(s) URI
 */
export function issueLeaf(request: LeafRequest, signer: LeafSigner, now: Date): Buffer {
  checkIdentity(request);
  const issuer = intermediateIssuer(signer.intermediateKey);
  const notBefore = wholeSeconds(now);
  const extensions = [
    ...leafExtensions(request.publicKey, issuer, { oid: OID.codeSigning, critical: false }),
    identityExtension(request.identity),
    extension(OID.issuerV1, Buffer.from(request.issuer, "ascii")),
    extension(OID.issuerV2, utf8String(request.issuer)),
  ];
  const certificate = {
    serial: randomSerial(),
    issuer,
    subject: sequence(),
    publicKey: request.publicKey,
    validity: { notBefore, notAfter: new Date(notBefore.getTime() + DEFAULTS.leafLifetimeMs) },
  };
  const tbs = toBeSigned({ ...certificate, extensions });
  const sct = sctExtension({ tbs, issuerKey: issuer.publicKey }, signer.ctLogKey, now);
  return signCertificate(toBeSigned({ ...certificate, extensions: [...extensions, sct] }), signer.intermediateKey);
}

export const CA_NAMES = Object.freeze({
  root: distinguishedName(NAMES.organization, "root"),
  intermediate: distinguishedName(NAMES.organization, "intermediate"),
  tsaRoot: distinguishedName(NAMES.organization, "timestamp root"),
  tsa: distinguishedName(NAMES.organization, "timestamp authority"),
});

export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

/** Whether the certificate is for that key and, where one is given, signed by that issuer's. */
export function belongsTogether(certificate: Uint8Array, publicKey: KeyObject, signedBy?: Uint8Array): boolean {
  const parsed = new X509Certificate(certificate);
  if (!parsed.publicKey.equals(publicKey)) return false;
  return signedBy === undefined || parsed.verify(new X509Certificate(signedBy).publicKey);
}

function intermediateIssuer(key: KeyObject): Issuer {
  return { name: CA_NAMES.intermediate, key, publicKey: createPublicKey(key) };
}

function certify(request: Omit<Parameters<typeof toBeSigned>[0], "serial">): Buffer {
  return signCertificate(toBeSigned({ ...request, serial: randomSerial() }), request.issuer.key);
}

function checkIdentity({ identity, issuer }: LeafRequest): void {
  if (!EMAIL.test(identity) && !URI.test(identity)) {
    throw new ConfigError("CONFIG_INVALID", `"${identity}" is no identity; give an e-mail address or an http(s) URI.`);
  }
  if (!URI.test(issuer)) {
    throw new ConfigError("CONFIG_INVALID", `"${issuer}" is no issuer; give the http(s) URL of who issues the tokens.`);
  }
}
