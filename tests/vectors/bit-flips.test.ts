import { describe, expect, it } from "@jest/globals";
import { leaf, messageBundle, rekorV2Bundle } from "@policy-pack/testkit";
import type { BundleJson, EntryJson } from "@policy-pack/testkit";
import { flipEveryBit, rejectionOf } from "./flips.ts";

const certificate = leaf();
const v1 = messageBundle({ certificate });
/** The log's promise proves the time here; without a timestamp the rest is checked sooner. */
const v1WithoutTimestamp = messageBundle({ certificate, tokens: () => [] });
const v2 = rekorV2Bundle({ certificate });

/** Where bytes stand in a bundle, decoded, and how they are put back. */
interface Part {
  readonly name: string;
  readonly take: (bundle: BundleJson) => Buffer;
  readonly put: (bundle: BundleJson, bytes: Buffer) => void;
}

/** A field that is base64 in the JSON. */
function encoded(name: string, at: (bundle: BundleJson) => object | undefined, field: string): Part {
  const objectIn = (bundle: BundleJson): Record<string, string> => (at(bundle) ?? {}) as Record<string, string>;
  return {
    name,
    take: (bundle) => Buffer.from(objectIn(bundle)[field] ?? "", "base64"),
    put: (bundle, bytes) => (objectIn(bundle)[field] = bytes.toString("base64")),
  };
}

/** A field that is text in the JSON: its UTF-8 bytes are flipped. What is no UTF-8 any more is another text. */
function text(name: string, at: (bundle: BundleJson) => object | undefined, field: string): Part {
  const objectIn = (bundle: BundleJson): Record<string, string> => (at(bundle) ?? {}) as Record<string, string>;
  return {
    name,
    take: (bundle) => Buffer.from(objectIn(bundle)[field] ?? ""),
    put: (bundle, bytes) => (objectIn(bundle)[field] = bytes.toString()),
  };
}

/** A 64-bit number: the bits of its value, not those of its digits. */
function number(name: string, at: (bundle: BundleJson) => object | undefined, field: string): Part {
  const objectIn = (bundle: BundleJson): Record<string, string> => (at(bundle) ?? {}) as Record<string, string>;
  return {
    name,
    take: (bundle) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(objectIn(bundle)[field] ?? "0"));
      return bytes;
    },
    put: (bundle, bytes) => (objectIn(bundle)[field] = `${bytes.readBigUInt64BE()}`),
  };
}

const entryOf = ({ verificationMaterial }: BundleJson): EntryJson | undefined => verificationMaterial.tlogEntries[0];
const proofOf = (bundle: BundleJson) => entryOf(bundle)?.inclusionProof;
const tokenOf = ({ verificationMaterial }: BundleJson) =>
  verificationMaterial.timestampVerificationData?.rfc3161Timestamps[0];

const TIMESTAMP = encoded("timestamp", tokenOf, "signedTimestamp");
const SET = encoded("SET", (bundle) => entryOf(bundle)?.inclusionPromise, "signedEntryTimestamp");

const SIGNED_PARTS: readonly Part[] = [
  text("media type", (bundle) => bundle, "mediaType"),
  encoded("certificate", ({ verificationMaterial }) => verificationMaterial.certificate, "rawBytes"),
  encoded("signature", ({ messageSignature }) => messageSignature, "signature"),
  encoded("message digest", ({ messageSignature }) => messageSignature?.messageDigest, "digest"),
  text("digest algorithm", ({ messageSignature }) => messageSignature?.messageDigest, "algorithm"),
];

const LOG_PARTS: readonly Part[] = [
  number("log index", entryOf, "logIndex"),
  encoded("log id", (bundle) => entryOf(bundle)?.logId, "keyId"),
  text("entry's kind", (bundle) => entryOf(bundle)?.kindVersion, "kind"),
  text("entry's version", (bundle) => entryOf(bundle)?.kindVersion, "version"),
  number("integrated time", entryOf, "integratedTime"),
  encoded("entry's body", entryOf, "canonicalizedBody"),
  number("proof's index", proofOf, "logIndex"),
  number("proof's tree size", proofOf, "treeSize"),
  encoded("proof's root hash", proofOf, "rootHash"),
  encoded("proof's path", (bundle) => proofOf(bundle)?.hashes, "0"),
  text("checkpoint", (bundle) => proofOf(bundle)?.checkpoint, "envelope"),
];

function expectNoFlip(bundle: BundleJson, { take, put }: Part): void {
  const { tried, accepted } = flipEveryBit(take(bundle), (flipped) => {
    const copy = structuredClone(bundle);
    put(copy, flipped);
    return JSON.stringify(copy);
  });
  expect(tried).toBeGreaterThan(0);
  expect(accepted).toEqual([]);
}

describe("one flipped bit of a decoded part", () => {
  it("starts from bundles that are accepted", () => {
    expect([v1, v1WithoutTimestamp, v2].map((bundle) => rejectionOf(JSON.stringify(bundle)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("of its timestamp is never accepted", () => {
    expectNoFlip(v1, TIMESTAMP);
  });

  it.each([...SIGNED_PARTS, ...LOG_PARTS, SET])("of a v1 bundle's $name is never accepted", (part) => {
    expectNoFlip(v1WithoutTimestamp, part);
  });

  it.each(LOG_PARTS)("of a v2 bundle's $name is never accepted", (part) => {
    expectNoFlip(v2, part);
  });
});
