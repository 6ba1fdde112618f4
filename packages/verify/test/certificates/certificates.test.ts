import { describe, expect, it } from "@jest/globals";
import { boolean, integer, sequence } from "../support/asn1.ts";
import { messageBundle } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import {
  alternativeNames,
  basicConstraints,
  CODE_SIGNING,
  email,
  extendedKeyUsage,
  extension,
  issuerV2,
  keyUsage,
  name,
  TIME_STAMPING,
} from "../support/certificates.ts";
import { check, codeOf } from "../support/expect.ts";
import {
  base64,
  caCertificate,
  caJson,
  certificates,
  IDENTITY,
  INTERMEDIATE_NAME,
  iso,
  ISSUER,
  keys,
  leaf,
  leafExtensions,
  MINUTE,
  NOW,
  ROOT_NAME,
  rootJson,
  selfSigned,
} from "../support/world.ts";
import type { LeafSpec, RootJson } from "../support/world.ts";

const withLeaf = (spec: LeafSpec): BundleJson => messageBundle({ certificate: leaf(spec) });
const withCas = (...authorities: readonly Buffer[][]): RootJson =>
  rootJson({ certificateAuthorities: authorities.map((chain) => caJson(...chain)) });
const identity = [alternativeNames(email(IDENTITY)), issuerV2(ISSUER)];

/** A v0.1 bundle with these certificates behind the leaf. */
function withChain(...others: readonly Buffer[]): BundleJson {
  const bundle = messageBundle();
  const { certificate } = bundle.verificationMaterial;
  delete bundle.verificationMaterial.certificate;
  bundle.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  const links = others.map((der) => ({ rawBytes: base64(der) }));
  bundle.verificationMaterial.x509CertificateChain = {
    certificates: certificate === undefined ? links : [certificate, ...links],
  };
  return bundle;
}

describe("verifySigningCertificate", () => {
  it("when an authority of the root issued the leaf accepts it, in any place of the list", () => {
    const stranger = [selfSigned(name("stranger"), keys.other)];
    const known = [certificates.intermediate, certificates.root];
    expect(() => check(messageBundle(), { root: withCas(stranger, known) })).not.toThrow();
    expect(() => check(messageBundle(), { root: withCas(known, stranger) })).not.toThrow();
  });

  it("when the authority lists only the intermediate takes it as the anchor", () => {
    expect(() => check(messageBundle(), { root: withCas([certificates.intermediate]) })).not.toThrow();
  });

  it("when a v0.1 bundle brings the intermediate along accepts it", () => {
    expect(() => check(withChain(certificates.intermediate))).not.toThrow();
  });

  it.each<[string, () => BundleJson]>([
    ["brings the root along", () => withChain(certificates.intermediate, certificates.root)],
    ["brings a certificate that is no part of the path", () => withChain(certificates.tsa)],
    ["is signed by another key than its issuer's", () => withLeaf({ issuerKey: keys.other })],
    ["names another issuer", () => withLeaf({ issuer: ROOT_NAME })],
    ["is a certificate authority", () => withLeaf({ extensions: [...leafExtensions, basicConstraints(true)] })],
    [
      "is not for code signing",
      () => withLeaf({ extensions: [keyUsage(0), extendedKeyUsage(TIME_STAMPING), ...identity] }),
    ],
    ["has no extended key usage", () => withLeaf({ extensions: [keyUsage(0), ...identity] })],
    [
      "must not make signatures",
      () => withLeaf({ extensions: [keyUsage(5), extendedKeyUsage(CODE_SIGNING), ...identity] }),
    ],
    ["has no key usage", () => withLeaf({ extensions: [extendedKeyUsage(CODE_SIGNING), ...identity] })],
    [
      "has an unknown critical extension",
      () => withLeaf({ extensions: [...leafExtensions, extension("1.2.3.4", Buffer.from([5, 0]), true)] }),
    ],
    ["has an extension twice", () => withLeaf({ extensions: [...leafExtensions, keyUsage(0)] })],
    ["was not valid yet", () => withLeaf({ notBefore: NOW + 1000 })],
    ["was not valid any more", () => withLeaf({ notAfter: NOW - 1000 })],
    ["says that an EC key signed it with RSA", () => withLeaf({ algorithm: "1.2.840.113549.1.1.11" })],
    ["says that it is signed with SHA-1", () => withLeaf({ algorithm: "1.2.840.10045.4.1" })],
    ["has a path length", () => withLeaf({ extensions: [...leafExtensions, basicConstraints(false, 1)] })],
    [
      "has basic constraints of three parts",
      () =>
        withLeaf({
          extensions: [...leafExtensions, extension("2.5.29.19", sequence(integer(1), integer(1), integer(1)))],
        }),
    ],
    ["is of version 1", () => withLeaf({ version: 0 })],
    ["names two signature algorithms", () => withLeaf({ outerAlgorithm: "1.2.840.10045.4.3.3" })],
    ["has a broken key", () => corrupted((der) => der.replace("2a8648ce3d030107", "2a8648ce3d030108"))],
    ["is not DER", () => corrupted(() => "00")],
    ["has bytes after it", () => corrupted((der) => `${der}00`)],
  ])("when the leaf %s throws CERTIFICATE_INVALID", (_, bundle) => {
    const made = bundle();
    expect(codeOf(() => check(made))).toBe("CERTIFICATE_INVALID");
  });

  it("when the leaf is valid to the very second accepts it", () => {
    expect(() => check(withLeaf({ notBefore: NOW, notAfter: NOW }))).not.toThrow();
  });

  const plain = { subject: INTERMEDIATE_NAME, issuer: ROOT_NAME, key: keys.intermediate, issuerKey: keys.root };
  it.each<[string, Buffer]>([
    ["is not a CA", caCertificate({ extensions: [basicConstraints(false), keyUsage(5)] })],
    ["has no basic constraints", caCertificate({ extensions: [keyUsage(5)] })],
    ["must not sign certificates", caCertificate({ extensions: [basicConstraints(true), keyUsage(0)] })],
    [
      "is for timestamps only",
      caCertificate({
        extensions: [basicConstraints(true), keyUsage(5), extendedKeyUsage(TIME_STAMPING)],
      }),
    ],
    [
      "has an unknown critical extension",
      caCertificate({
        extensions: [basicConstraints(true), keyUsage(5), extension("2.5.29.30", Buffer.from([0x30, 0]), true)],
      }),
    ],
    ["had expired", caCertificate({ notAfter: NOW - MINUTE })],
    ["is not signed by the root", caCertificate({ ...plain, issuerKey: keys.other })],
    [
      "has basic constraints of three parts",
      caCertificate({
        extensions: [extension("2.5.29.19", sequence(boolean(true), integer(1), integer(1)), true), keyUsage(5)],
      }),
    ],
    ["has a path length without being a CA", caCertificate({ extensions: [basicConstraints(false, 1), keyUsage(5)] })],
  ])("when the intermediate %s throws CERTIFICATE_INVALID", (_, intermediate) => {
    expect(codeOf(() => check(messageBundle(), { root: withCas([intermediate, certificates.root]) }))).toBe(
      "CERTIFICATE_INVALID",
    );
  });

  it("when the path is longer than the root allows throws CERTIFICATE_INVALID", () => {
    const root = selfSigned(ROOT_NAME, keys.root, { extensions: [basicConstraints(true, 0), keyUsage(5)] });
    expect(codeOf(() => check(messageBundle(), { root: withCas([certificates.intermediate, root]) }))).toBe(
      "CERTIFICATE_INVALID",
    );
  });

  it("when the root lists no authority throws CERTIFICATE_INVALID", () => {
    expect(codeOf(() => check(messageBundle(), { root: withCas() }))).toBe("CERTIFICATE_INVALID");
  });

  it.each([
    ["before the authority was trusted", { start: iso(NOW + 1) }],
    ["after the authority was trusted", { start: iso(NOW - MINUTE), end: iso(NOW - 1) }],
  ])("when it signed %s throws CERTIFICATE_INVALID", (_, validFor) => {
    const authority = { ...caJson(certificates.intermediate, certificates.root), validFor };
    expect(codeOf(() => check(messageBundle(), { root: rootJson({ certificateAuthorities: [authority] }) }))).toBe(
      "CERTIFICATE_INVALID",
    );
  });

  it("when it signed at the very end of the authority's window accepts it", () => {
    const validFor = { start: iso(NOW), end: iso(NOW) };
    const authority = { ...caJson(certificates.intermediate, certificates.root), validFor };
    expect(() => check(messageBundle(), { root: rootJson({ certificateAuthorities: [authority] }) })).not.toThrow();
  });

  it("when nothing proves a time throws TIMESTAMP_INVALID", () => {
    const bundle = messageBundle({ tokens: () => [] });
    const [entry] = bundle.verificationMaterial.tlogEntries;
    Object.assign(entry ?? {}, { inclusionPromise: undefined, integratedTime: "0", logIndex: "1" });
    expect(codeOf(() => check(bundle))).toBe("TIMESTAMP_INVALID");
  });

  it("when the bundle has no log entry throws LOG_ENTRY_MISSING", () => {
    expect(codeOf(() => check(messageBundle({ entries: () => [] })))).toBe("LOG_ENTRY_MISSING");
  });
});

/** A bundle whose certificate, log entry included, is the good one after a change to its hex. */
function corrupted(change: (hex: string) => string): BundleJson {
  return messageBundle({ certificate: Buffer.from(change(leaf().toString("hex")), "hex") });
}
