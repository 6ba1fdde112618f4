import { describe, expect, it } from "@jest/globals";
import { algorithmHash } from "../../src/certificates/certificate-chain.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import type { KeyKind } from "../../src/keys/public-key.ts";
import { messageBundle } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { basicConstraints, keyUsage, name } from "../support/certificates.ts";
import { causeOf, check } from "../support/expect.ts";
import {
  base64,
  caCertificate,
  caJson,
  certificates,
  INTERMEDIATE_NAME,
  keys,
  leaf,
  rootJson,
  selfSigned,
} from "../support/world.ts";

const CURVES: readonly KeyKind[] = ["P-256", "P-384", "P-521"];
const KINDS: readonly KeyKind[] = [...CURVES, "RSA", "Ed25519"];

describe("algorithmHash", () => {
  it.each<[string, string, readonly KeyKind[]]>([
    ["1.2.840.10045.4.3.2", "sha256", CURVES],
    ["1.2.840.10045.4.3.3", "sha384", CURVES],
    ["1.2.840.10045.4.3.4", "sha512", CURVES],
    ["1.2.840.113549.1.1.11", "sha256", ["RSA"]],
    ["1.2.840.113549.1.1.12", "sha384", ["RSA"]],
    ["1.2.840.113549.1.1.13", "sha512", ["RSA"]],
    ["1.3.101.112", "sha512", ["Ed25519"]],
  ])("when %s stands with a key of its kind returns %s, with another throws", (oid, hash, kinds) => {
    for (const kind of KINDS) {
      if (kinds.includes(kind)) expect(algorithmHash(oid, kind)).toBe(hash);
      else expect(() => algorithmHash(oid, kind)).toThrow(MalformedError);
    }
  });

  it.each(["1.2.840.10045.4.1", "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.10"])("when it is %s throws", (oid) => {
    for (const kind of KINDS) expect(() => algorithmHash(oid, kind)).toThrow(MalformedError);
  });
});

/** A v0.1 bundle with these certificates behind the leaf. */
function withChain(certificate: Buffer, ...others: readonly Buffer[]): BundleJson {
  const bundle = messageBundle({ certificate });
  delete bundle.verificationMaterial.certificate;
  bundle.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  const chain = [certificate, ...others].map((der) => ({ rawBytes: base64(der) }));
  bundle.verificationMaterial.x509CertificateChain = { certificates: chain };
  return bundle;
}

describe("the certificates that a bundle brings", () => {
  it("when the anchor is among them throws CERTIFICATE_INVALID, also where nothing lies between", () => {
    const root = rootJson({ certificateAuthorities: [caJson(certificates.intermediate)] });
    expect(() => check(withChain(leaf()), { root })).not.toThrow();
    expect(causeOf(() => check(withChain(leaf(), certificates.intermediate), { root }))).toBeInstanceOf(MalformedError);
  });

  it("when one of two links comes along accepts it", () => {
    const top = selfSigned(name("top"), keys.other);
    const middle = caCertificate({
      issuer: name("top"),
      subject: name("middle"),
      key: keys.root,
      issuerKey: keys.other,
      extensions: [basicConstraints(true, 1), keyUsage(5)],
    });
    const lower = caCertificate({ issuer: name("middle"), subject: INTERMEDIATE_NAME, issuerKey: keys.root });
    const root = rootJson({ certificateAuthorities: [caJson(lower, middle, top)] });
    expect(() => check(withChain(leaf(), lower), { root })).not.toThrow();
    expect(() => check(withChain(leaf(), middle, lower), { root })).not.toThrow();
    expect(causeOf(() => check(withChain(leaf(), lower, top), { root }))).toBeInstanceOf(MalformedError);
  });
});
