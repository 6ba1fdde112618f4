import { createHash } from "node:crypto";
import { bits, boolean, der, explicit, integer, nothing, octets, oid, sequence } from "../forge/asn1.ts";
import { messageBundle } from "../forge/bundles.ts";
import {
  basicConstraints,
  CODE_SIGNING,
  extendedKeyUsage,
  extension,
  keyUsage,
  TIME_STAMPING,
} from "../forge/certificates.ts";
import { attribute } from "../forge/timestamps.ts";
import type { TokenSpec } from "../forge/timestamps.ts";
import { ARTIFACT, caJson, certificates, keys, NOW, rootJson, sha256, token, tsaCertificate } from "../forge/world.ts";
import { forgeryGroup } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const TIMESTAMP = "TIMESTAMP_INVALID";
const SHA1 = sequence(oid("1.3.14.3.2.26"), nothing());
const SHA384 = sequence(oid("2.16.840.1.101.3.4.2.2"), nothing());
const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();

const bent =
  (overrides: Partial<TokenSpec> | ((signature: Buffer) => Partial<TokenSpec>)): (() => Trial) =>
  () => ({
    bundle: messageBundle({
      tokens: (signature) => [token(signature, typeof overrides === "function" ? overrides(signature) : overrides)],
    }),
  });

const bytes =
  (bend: (response: Buffer) => Buffer): (() => Trial) =>
  () => ({
    bundle: messageBundle({ tokens: (signature) => [bend(token(signature))] }),
  });

/** A timestamp under a certificate with other extensions. */
const by =
  (...extensions: readonly Buffer[]): (() => Trial) =>
  () => {
    const certificate = tsaCertificate({ extensions });
    return {
      root: rootJson({ timestampAuthorities: [caJson(certificate, certificates.tsaRoot)] }),
      bundle: messageBundle({ tokens: (signature) => [token(signature, { certificate })] }),
    };
  };

const V1_ATTRIBUTE = "1.2.840.113549.1.9.16.2.12";
const V2_ATTRIBUTE = "1.2.840.113549.1.9.16.2.47";
const essOf = (id: string, ...parts: readonly Buffer[]): Buffer =>
  attribute(id, sequence(sequence(sequence(...parts))));

const NONCE = integer(123_456_789);
const ACCURACY = sequence(integer(1), der(0x80, Buffer.from([1])));

/** RFC 3161, under RFC 5652 and RFC 5035. */
export const tokenForgeries = forgeryGroup("timestamps", [
  [
    "with accuracy, ordering, nonce and name",
    "accepted",
    "they may be there, and the nonce was the signer's to check",
    bent({ afterTime: [ACCURACY, boolean(true), NONCE, explicit(0, der(0xa4, sequence()))] }),
  ],
  ["with a nonce alone", "accepted", "the nonce was the signer's to check", bent({ afterTime: [NONCE] })],
  ["with a fraction of a second", "accepted", "others fail at one or six digits", bent({ fraction: ".5" })],
  ["with a fraction of six digits", "accepted", "others fail at one or six digits", bent({ fraction: ".123456" })],
  ["with a fraction of ten digits", TIMESTAMP, "more than any clock tells", bent({ fraction: ".1234567890" })],
  ["with an empty fraction", TIMESTAMP, "a time has one form", bent({ fraction: "." })],
  ["with a time zone", TIMESTAMP, "times are UTC", bent({ fraction: "+0100" })],
  ["that carries its certificate", "accepted", "the trusted root lists it", bent({ embedded: [certificates.tsa] })],
  [
    "that carries another's certificate",
    TIMESTAMP,
    "what the trusted root does not list must not travel along",
    bent({ embedded: [certificates.tsa, certificates.root] }),
  ],
  ["by another key", TIMESTAMP, "the authority did not sign it", bent({ key: keys.other })],
  [
    "by another authority that carries its own certificates",
    TIMESTAMP,
    "trust does not come in a bundle",
    bent({
      key: keys.other,
      certificate: tsaCertificate({ key: keys.other, issuerKey: keys.other }),
      embedded: [tsaCertificate({ key: keys.other, issuerKey: keys.other })],
    }),
  ],
  ["with another serial number", TIMESTAMP, "no certificate bears it", bent({ serial: 6 })],
  [
    "over another signature",
    TIMESTAMP,
    "it proves the time of something else",
    bent({ imprint: sha256(Buffer.from("another signature")) }),
  ],
  [
    "over the artifact",
    TIMESTAMP,
    "it proves when the artifact was there, not when it was signed",
    bent({ imprint: sha256(ARTIFACT) }),
  ],
  [
    "with a SHA-1 imprint",
    TIMESTAMP,
    "two signatures can have the same",
    bent((signature) => ({ imprintAlgorithm: SHA1, imprint: sha1(signature) })),
  ],
  [
    "with SHA-1 as its digest",
    TIMESTAMP,
    "two contents can have the same",
    bent({ digestAlgorithm: SHA1, listedAlgorithm: SHA1 }),
  ],
  [
    "that says SHA-384 of a SHA-256 imprint",
    TIMESTAMP,
    "the name does not fit its bytes",
    bent({ imprintAlgorithm: SHA384 }),
  ],
  [
    "with a SHA-384 imprint",
    "accepted",
    "the hash is the requester's choice",
    bent((signature) => ({ imprintAlgorithm: SHA384, imprint: createHash("sha384").update(signature).digest() })),
  ],
  ["that lists another digest algorithm", TIMESTAMP, "two names for one thing", bent({ listedAlgorithm: SHA384 })],
  [
    "with the signature algorithm RSA",
    TIMESTAMP,
    "the authority's key cannot do that",
    bent({ signatureAlgorithm: sequence(oid("1.2.840.113549.1.1.11"), nothing()) }),
  ],
  [
    "with the signature algorithm ECDSA and SHA-384",
    TIMESTAMP,
    "the signature is over another hash",
    bent({ signatureAlgorithm: sequence(oid("1.2.840.10045.4.3.3")) }),
  ],
  [
    "with parameters on its algorithm",
    TIMESTAMP,
    "ECDSA has none",
    bent({ signatureAlgorithm: sequence(oid("1.2.840.10045.4.3.2"), integer(1)) }),
  ],
  [
    "without the attribute that names its certificate",
    TIMESTAMP,
    "RFC 3161 requires it: a key may have two certificates",
    bent({ withoutCertificateHash: true }),
  ],
  [
    "that names another certificate",
    TIMESTAMP,
    "the hash is another's",
    bent({ certificateHash: sha256(certificates.root) }),
  ],
  [
    "that names its certificate by SHA-1",
    "accepted",
    "ESSCertID knows nothing else; the trusted root lists the certificate itself",
    bent({ certificateAttribute: essOf(V1_ATTRIBUTE, octets(sha1(certificates.tsa))) }),
  ],
  [
    "that names another certificate by SHA-1",
    TIMESTAMP,
    "the hash is another's",
    bent({ certificateAttribute: essOf(V1_ATTRIBUTE, octets(sha1(certificates.root))) }),
  ],
  [
    "that spells out SHA-384 for its certificate",
    "accepted",
    "ESSCertIDv2 may name any hash",
    bent({
      certificateAttribute: essOf(V2_ATTRIBUTE, SHA384, octets(createHash("sha384").update(certificates.tsa).digest())),
    }),
  ],
  [
    "with another content type",
    TIMESTAMP,
    "the signature is over another kind of content",
    bent({ contentType: "1.2.840.113549.1.7.1" }),
  ],
  [
    "with another digest in its attributes",
    TIMESTAMP,
    "the time that is read is not the one that is signed",
    bent({ messageDigest: sha256(Buffer.from("another time")) }),
  ],
  [
    "with attributes that are not signed",
    TIMESTAMP,
    "they would be a place for anything",
    bent({ unsignedAttributes: true }),
  ],
  ["with two signers", TIMESTAMP, "RFC 3161 allows one", bent({ signers: 2 })],
  ["without a signer", TIMESTAMP, "nobody signed it", bent({ signers: 0 })],
  ["with an extension", TIMESTAMP, "it may change what the time means", bent({ extensions: true })],
  ["of version 2", TIMESTAMP, "it is not known", bent({ infoVersion: 2 })],
  ["with a signer of version 3", TIMESTAMP, "it is not known", bent({ signerVersion: 3 })],
  ["that was granted with changes", TIMESTAMP, "it is not what was asked for", bent({ status: 1 })],
  ["that was refused", TIMESTAMP, "it is a refusal", bent({ status: 2 })],
  [
    "of the year 1969",
    "CERTIFICATE_INVALID",
    "a time like another, before all certificates",
    () => ({ ...bent({ timeMs: Date.UTC(2025, 11, 31) })() }),
  ],
  [
    "with a byte behind it",
    TIMESTAMP,
    "DER ends where it ends",
    bytes((response) => Buffer.concat([response, Buffer.from([0])])),
  ],
  ["that is cut off", TIMESTAMP, "DER ends where it ends", bytes((response) => response.subarray(0, -1))],
  [
    "that is the token without its response",
    TIMESTAMP,
    "the bundle carries responses",
    bytes((response) => response.subarray(9)),
  ],
  ["that is a bit string", TIMESTAMP, "that is no response", bytes(() => bits(Buffer.alloc(9)))],
  ["by a certificate without its purpose", TIMESTAMP, "it is not said to be for timestamps", by(keyUsage(0))],
  [
    "by a certificate for code too",
    TIMESTAMP,
    "RFC 3161 wants one purpose alone",
    by(keyUsage(0), extendedKeyUsage(TIME_STAMPING, CODE_SIGNING)),
  ],
  ["by a certificate for code", TIMESTAMP, "it is for something else", by(keyUsage(0), extendedKeyUsage(CODE_SIGNING))],
  [
    "by a certificate for anything",
    TIMESTAMP,
    "it is not said to be for timestamps",
    by(keyUsage(0), extendedKeyUsage("2.5.29.37.0")),
  ],
  [
    "by a certificate authority",
    TIMESTAMP,
    "it signs certificates",
    by(keyUsage(0), extendedKeyUsage(TIME_STAMPING), basicConstraints(true)),
  ],
  [
    "by a certificate with an unknown critical extension",
    TIMESTAMP,
    "it may forbid just what is being done",
    by(keyUsage(0), extendedKeyUsage(TIME_STAMPING), extension("1.2.3.4", nothing(), true)),
  ],
  ["by the signer's own certificate", TIMESTAMP, "a signer does not witness its own time", bent({ key: keys.signer })],
  [
    "none, beside a Rekor v1 entry",
    "accepted",
    "the log's promise proves a time too",
    () => ({ bundle: messageBundle({ tokens: () => [] }) }),
  ],
  [
    "a year later than everything",
    "CERTIFICATE_INVALID",
    "the certificate lived for minutes",
    bent({ timeMs: NOW + 300 * 24 * 3600 * 1000 }),
  ],
]);
