import { createHash, sign } from "node:crypto";
import {
  alternativeNames,
  basicConstraints,
  certificate,
  CODE_SIGNING,
  email,
  extendedKeyUsage,
  issuerV1,
  issuerV2,
  keyUsage,
  name,
  namedKeyPair,
  sctExtension,
  signedTimestamp,
  spkiOf,
  TIME_STAMPING,
} from "./certificates.ts";
import type { CertificateSpec, KeyPair } from "./certificates.ts";
import { timestampResponse } from "./timestamps.ts";
import type { TokenSpec } from "./timestamps.ts";

/** An authority whose every part a test can bend before it is signed. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const MINUTE = 60_000;
export const YEAR = 365 * 24 * 60 * MINUTE;
export const IDENTITY = "signer@example.com";
export const ISSUER = "https://issuer.example.com";
export const ARTIFACT = Buffer.from("an artifact");

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

export const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64(der).replaceAll(/(.{64})(?=.)/g, "$1\n")}\n-----END ${label}-----\n`;

export const keys = {
  root: namedKeyPair("root"),
  intermediate: namedKeyPair("intermediate"),
  ct: namedKeyPair("ct"),
  log: namedKeyPair("log"),
  tsaRoot: namedKeyPair("tsa root"),
  tsa: namedKeyPair("tsa"),
  signer: namedKeyPair("signer"),
  other: namedKeyPair("other"),
};

const caValidity = { notBefore: NOW - YEAR, notAfter: NOW + YEAR };
export const ROOT_NAME = name("root");
export const INTERMEDIATE_NAME = name("intermediate");
export const TSA_ROOT_NAME = name("tsa root");

export function caCertificate(overrides: Partial<CertificateSpec> = {}): Buffer {
  return certificate({
    subject: INTERMEDIATE_NAME,
    issuer: ROOT_NAME,
    key: keys.intermediate,
    issuerKey: keys.root,
    ...caValidity,
    extensions: [basicConstraints(true, 0), keyUsage(5, 6), extendedKeyUsage(CODE_SIGNING)],
    ...overrides,
  });
}

export function selfSigned(subject: Buffer, key: KeyPair, overrides: Partial<CertificateSpec> = {}): Buffer {
  const extensions = [basicConstraints(true), keyUsage(5, 6)];
  return certificate({ subject, issuer: subject, key, issuerKey: key, ...caValidity, extensions, ...overrides });
}

export function tsaCertificate(overrides: Partial<CertificateSpec> = {}): Buffer {
  return certificate({
    subject: name("tsa"),
    issuer: TSA_ROOT_NAME,
    key: keys.tsa,
    issuerKey: keys.tsaRoot,
    ...caValidity,
    extensions: [keyUsage(0), extendedKeyUsage(TIME_STAMPING)],
    ...overrides,
  });
}

export const certificates = {
  root: selfSigned(ROOT_NAME, keys.root),
  intermediate: caCertificate(),
  tsaRoot: selfSigned(TSA_ROOT_NAME, keys.tsaRoot),
  tsa: tsaCertificate(),
};

/** What a Fulcio leaf carries, without the SCT. */
export const leafExtensions = [
  keyUsage(0),
  extendedKeyUsage(CODE_SIGNING),
  alternativeNames(email(IDENTITY)),
  issuerV1(ISSUER),
  issuerV2(ISSUER),
] as const;

export interface LeafSpec extends Partial<CertificateSpec> {
  /** How the SCTs are made; default one by the log, now. */
  readonly scts?: (spec: CertificateSpec) => readonly Buffer[];
}

export function leaf({ scts, ...overrides }: LeafSpec = {}): Buffer {
  const spec: CertificateSpec = {
    subject: name("leaf"),
    issuer: INTERMEDIATE_NAME,
    key: keys.signer,
    issuerKey: keys.intermediate,
    notBefore: NOW - MINUTE,
    notAfter: NOW + 9 * MINUTE,
    extensions: leafExtensions,
    ...overrides,
  };
  const list = scts === undefined ? [signedTimestamp(keys.ct, spec, NOW)] : scts(spec);
  return certificate(list.length === 0 ? spec : { ...spec, extensions: [...spec.extensions, sctExtension(...list)] });
}

export interface CaJson {
  uri: string;
  certChain: { certificates: { rawBytes: string }[] };
  validFor: { start?: string; end?: string | null };
}

export interface LogJson {
  baseUrl: string;
  hashAlgorithm: string;
  publicKey: { rawBytes: string; keyDetails: string; validFor: { start?: string; end?: string } };
  logId: { keyId: string };
}

export interface RootJson {
  mediaType: string;
  tlogs: LogJson[];
  certificateAuthorities: CaJson[];
  ctlogs: LogJson[];
  timestampAuthorities: CaJson[];
}

export function logJson(key: KeyPair, baseUrl = "https://log.example.com"): LogJson {
  const publicKey = {
    rawBytes: base64(spkiOf(key)),
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
    validFor: { start: iso(NOW - YEAR) },
  };
  return { baseUrl, hashAlgorithm: "SHA2_256", publicKey, logId: { keyId: base64(sha256(spkiOf(key))) } };
}

export function caJson(...chain: readonly Buffer[]): CaJson {
  const certificatesJson = chain.map((der) => ({ rawBytes: base64(der) }));
  return {
    uri: "https://ca.example.com",
    certChain: { certificates: certificatesJson },
    validFor: { start: iso(NOW - YEAR) },
  };
}

export function rootJson(overrides: Partial<RootJson> = {}): RootJson {
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logJson(keys.log)],
    certificateAuthorities: [caJson(certificates.intermediate, certificates.root)],
    ctlogs: [logJson(keys.ct, "https://ct.example.com")],
    timestampAuthorities: [caJson(certificates.tsa, certificates.tsaRoot)],
    ...overrides,
  };
}

/** A timestamp over the signature by the world's authority, bent by the overrides. */
export function token(signature: Uint8Array, overrides: Partial<TokenSpec> = {}): Buffer {
  return timestampResponse({
    key: keys.tsa,
    certificate: certificates.tsa,
    issuer: TSA_ROOT_NAME,
    serial: 5,
    signature,
    timeMs: NOW,
    ...overrides,
  });
}

export { base64, iso, sha256 };
export const signBytes = (bytes: Uint8Array, key: KeyPair = keys.signer): Buffer =>
  sign("sha256", bytes, key.privateKey);
