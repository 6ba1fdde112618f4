import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { toBundle } from "../../src/bundle/bundle-fields.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { parseBundle } from "../../src/index.ts";
import { envelopeBundle, messageBundle } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { causeOf } from "../support/expect.ts";

function read(change: (bundle: BundleJson) => void, bundle = messageBundle()): ReturnType<typeof toBundle> {
  change(bundle);
  return toBundle(JSON.parse(JSON.stringify(bundle)) as JsonValue);
}

const V1 = "application/vnd.dev.sigstore.bundle+json;version=0.1";

describe("toBundle", () => {
  it.each<[string, () => unknown]>([
    ["has neither message nor envelope", () => read((b) => delete b.messageSignature)],
    ["has message and envelope", () => read((b) => Object.assign(b, { dsseEnvelope: envelopeBundle().dsseEnvelope }))],
    ["has no signature in its envelope", () => read((b) => b.dsseEnvelope?.signatures.pop(), envelopeBundle())],
    ["has an empty chain", () => read(withChain)],
  ])("when it %s throws", (_, reading) => {
    expect(reading).toThrow(MalformedError);
  });

  it("when there is no timestamp and no hint returns none", () => {
    const bundle = read(({ verificationMaterial: material }) => {
      delete material.timestampVerificationData;
      delete material.certificate;
      material.publicKey = {};
    });
    expect(bundle.timestamps).toEqual([]);
    expect(bundle.material).toEqual({ kind: "publicKey", hint: "" });
  });

  it("when the envelope's signature has no keyid returns an empty one", () => {
    expect(read(() => undefined, envelopeBundle()).content).toMatchObject({ kind: "envelope", keyid: "" });
  });

  it("when a v0.3 bundle names one certificate brings no others", () => {
    expect(read(() => undefined).material).toMatchObject({ kind: "certificate", others: [] });
  });
});

describe("parseBundle", () => {
  it("when it is malformed keeps what was", () => {
    expect(causeOf(() => parseBundle("{}"))).toBeInstanceOf(MalformedError);
  });
});

function withChain(bundle: BundleJson): void {
  bundle.mediaType = V1;
  delete bundle.verificationMaterial.certificate;
  bundle.verificationMaterial.x509CertificateChain = { certificates: [] };
}
