import { describe, expect, it } from "@jest/globals";
import { parsePublicKey } from "../../src/index.ts";
import { entry, hashedRekord, hashedRekordV2, messageBundle } from "../support/bundles.ts";
import type { BundleJson, EntryJson } from "../support/bundles.ts";
import { spkiOf } from "../support/certificates.ts";
import { check, codeOf } from "../support/expect.ts";
import { base64, keys, MINUTE, NOW, pem, sha256, signBytes, token } from "../support/world.ts";
import { bent, cert, digest, otherLeaf, v2, withLogWindow } from "../support/logged.ts";

describe("the promise of a log entry", () => {
  it.each<[string, (entry: EntryJson) => void]>([
    ["has another time", (e) => (e.integratedTime = `${NOW / 1000 + 1}`)],
    ["has another index", (e) => (e.logIndex = "42")],
    ["is broken", (e) => (e.inclusionPromise = { signedEntryTimestamp: "AAAA" })],
    ["has no time", (e) => (e.integratedTime = "0")],
    ["is gone, but its time stayed", (e) => delete e.inclusionPromise],
    [
      "is gone, but its index stayed",
      (e) => {
        delete e.inclusionPromise;
        e.integratedTime = "0";
      },
    ],
    ["is another entry's", (e) => (e.inclusionPromise = entry({ body: Buffer.from("other") }).inclusionPromise)],
    ["is from a log that is not trusted", (e) => (e.logId.keyId = base64(sha256(spkiOf(keys.other))))],
    ["gives a time beyond the calendar", (e) => (e.integratedTime = "9007199254740993")],
  ])("when it %s throws LOG_ENTRY_INVALID", (_, change) => {
    expect(codeOf(() => check(bent(change)))).toBe("LOG_ENTRY_INVALID");
  });

  it("when there is none but a time, at the right index, throws LOG_ENTRY_INVALID", () => {
    const unsigned = bent((e) => (e.integratedTime = `${NOW / 1000}`), { withPromise: false });
    expect(codeOf(() => check(unsigned))).toBe("LOG_ENTRY_INVALID");
  });

  it("when the log promised it at no time throws LOG_ENTRY_INVALID", () => {
    expect(codeOf(() => check(bent(() => undefined, { integratedTime: 0 })))).toBe("LOG_ENTRY_INVALID");
  });

  it("when another key signed it throws LOG_ENTRY_INVALID", () => {
    const forged = bent((e) => (e.logId.keyId = base64(sha256(spkiOf(keys.log)))), { key: keys.other });
    expect(codeOf(() => check(forged))).toBe("LOG_ENTRY_INVALID");
  });

  it("when there is none, a Rekor v2 entry's index must be its proof's", () => {
    const bundle = (index: string): BundleJson => {
      const made = v2((s, c) => hashedRekordV2(digest, s, c, "PKIX_ECDSA_P256_SHA_256"));
      for (const one of made.verificationMaterial.tlogEntries) one.logIndex = index;
      return made;
    };
    expect(() => check(bundle("1"))).not.toThrow();
    expect(codeOf(() => check(bundle("2")))).toBe("LOG_ENTRY_INVALID");
  });
});

describe("the inclusion proof of a log entry", () => {
  const proofOf = (e: EntryJson): NonNullable<EntryJson["inclusionProof"]> => {
    if (e.inclusionProof === undefined) throw new Error("no proof");
    return e.inclusionProof;
  };

  it.each<[string, (entry: EntryJson) => void]>([
    ["is missing", (e) => delete e.inclusionProof],
    ["has another hash", (e) => (proofOf(e).hashes = [base64(sha256(Buffer.from("x")))])],
    ["has no hash", (e) => (proofOf(e).hashes = [])],
    ["has another index", (e) => (proofOf(e).logIndex = "0")],
    ["has an index beyond the tree", (e) => (proofOf(e).logIndex = "2")],
    ["has another tree size", (e) => (proofOf(e).treeSize = "3")],
    ["has another root hash", (e) => (proofOf(e).rootHash = base64(sha256(Buffer.from("x"))))],
    [
      "has another entry's checkpoint",
      (e) => {
        Object.assign(proofOf(e), { checkpoint: proofOf(entry({ body: Buffer.from("other") })).checkpoint });
      },
    ],
    ["is another entry's", (e) => (e.inclusionProof = entry({ body: Buffer.from("other") }).inclusionProof)],
    ["has an empty checkpoint", (e) => (proofOf(e).checkpoint = { envelope: "" })],
    [
      "has a checkpoint of another log",
      (e) => {
        Object.assign(
          proofOf(e),
          proofOf(entry({ body: Buffer.from(e.canonicalizedBody, "base64"), key: keys.other })),
        );
      },
    ],
  ])("when it %s throws INCLUSION_PROOF_INVALID", (_, change) => {
    expect(codeOf(() => check(bent(change)))).toBe("INCLUSION_PROOF_INVALID");
  });

  const old = (bundle: BundleJson, version: string): BundleJson => {
    const { certificate } = bundle.verificationMaterial;
    delete bundle.verificationMaterial.certificate;
    if (certificate !== undefined) bundle.verificationMaterial.x509CertificateChain = { certificates: [certificate] };
    return { ...bundle, mediaType: `application/vnd.dev.sigstore.bundle+json;version=${version}` };
  };

  it("when a v0.1 bundle has only the promise accepts it", () => {
    const verified = check(
      old(
        bent((e) => delete e.inclusionProof),
        "0.1",
      ),
    );
    expect(verified.logEntries).toMatchObject([{ checkpoint: undefined, integratedTimeMs: NOW }]);
  });

  it("when a v0.2 bundle has only the promise throws INCLUSION_PROOF_INVALID", () => {
    expect(
      codeOf(() =>
        check(
          old(
            bent((e) => delete e.inclusionProof),
            "0.2",
          ),
        ),
      ),
    ).toBe("INCLUSION_PROOF_INVALID");
  });

  it("when a v0.1 bundle has neither throws INCLUSION_PROOF_INVALID", () => {
    const bundle = old(
      bent((e) => {
        delete e.inclusionProof;
        delete e.inclusionPromise;
        e.integratedTime = "0";
      }),
      "0.1",
    );
    expect(codeOf(() => check(bundle))).toBe("INCLUSION_PROOF_INVALID");
  });

  it("when a v0.1 bundle has a bad proof beside its promise throws INCLUSION_PROOF_INVALID", () => {
    expect(
      codeOf(() =>
        check(
          old(
            bent((e) => (proofOf(e).hashes = [])),
            "0.1",
          ),
        ),
      ),
    ).toBe("INCLUSION_PROOF_INVALID");
  });
});

describe("the validity of a log's key", () => {
  const rekorV2 = (): BundleJson => v2((s, c) => hashedRekordV2(digest, s, c, "PKIX_ECDSA_P256_SHA_256"));

  it.each([
    ["Rekor v1", messageBundle()],
    ["Rekor v2", rekorV2()],
  ])("when %s wrote at either end of the window accepts it, and nothing outside", (_, bundle) => {
    expect(() => check(bundle, { root: withLogWindow(NOW, NOW) })).not.toThrow();
    expect(codeOf(() => check(bundle, { root: withLogWindow(NOW + 1) }))).toBe("LOG_ENTRY_INVALID");
    expect(codeOf(() => check(bundle, { root: withLogWindow(NOW - MINUTE, NOW - 1) }))).toBe("LOG_ENTRY_INVALID");
  });

  it("when one of two timestamps lies outside the window of a Rekor v2 key throws LOG_ENTRY_INVALID", () => {
    const bundle = rekorV2();
    const signature = Buffer.from(bundle.messageSignature?.signature ?? "", "base64");
    const later = { signedTimestamp: base64(token(signature, { timeMs: NOW + MINUTE })) };
    bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps.push(later);
    expect(() => check(bundle)).not.toThrow();
    expect(codeOf(() => check(bundle, { root: withLogWindow(NOW - MINUTE, NOW) }))).toBe("LOG_ENTRY_INVALID");
  });

  it("when no time is known only a key without an end is believed", () => {
    const publicKey = parsePublicKey(pem("PUBLIC KEY", spkiOf(keys.signer)));
    const bundle = messageBundle({
      tokens: () => [],
      entries: (s) => [
        entry({ withPromise: false, body: hashedRekord(digest, s, pem("PUBLIC KEY", spkiOf(keys.signer))) }),
      ],
    });
    delete bundle.verificationMaterial.certificate;
    bundle.verificationMaterial.publicKey = { hint: publicKey.hint };
    expect(() => check(bundle, { publicKey })).not.toThrow();
    expect(codeOf(() => check(bundle, { publicKey, root: withLogWindow(NOW - MINUTE, NOW + MINUTE) }))).toBe(
      "LOG_ENTRY_INVALID",
    );
  });
});

/** The entry at another time or place, for which the log has signed too. */
function promisedAgain(made: EntryJson, change: { integratedTime?: string; logIndex?: string }): EntryJson {
  const again = { ...made, ...change };
  const promised = JSON.stringify({
    body: again.canonicalizedBody,
    integratedTime: Number(again.integratedTime),
    logID: Buffer.from(again.logId.keyId, "base64").toString("hex"),
    logIndex: Number(again.logIndex),
  });
  again.inclusionPromise = { signedEntryTimestamp: base64(signBytes(Buffer.from(promised), keys.log)) };
  return again;
}

describe("several log entries", () => {
  it("when one stands there twice counts it once", () => {
    const bundle = messageBundle();
    bundle.verificationMaterial.tlogEntries.push(...bundle.verificationMaterial.tlogEntries);
    expect(check(bundle).logEntries).toHaveLength(1);
  });

  it.each<[string, { integratedTime?: string; logIndex?: string }]>([
    ["time", { integratedTime: `${NOW / 1000 + 1}` }],
    ["index", { logIndex: "42" }],
  ])("when the log promised one again at another %s counts both", (_, change) => {
    const bundle = messageBundle();
    const { tlogEntries } = bundle.verificationMaterial;
    tlogEntries.push(...tlogEntries.map((made) => promisedAgain(made, change)));
    expect(check(bundle).logEntries).toHaveLength(2);
  });

  it("when one of two is bad throws LOG_ENTRY_INVALID", () => {
    const bundle = messageBundle();
    bundle.verificationMaterial.tlogEntries.push(
      entry({ body: hashedRekord(digest, Buffer.alloc(8), cert(otherLeaf)) }),
    );
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });
});
