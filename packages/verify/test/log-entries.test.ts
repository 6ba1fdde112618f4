import { describe, expect, it } from "@jest/globals";
import { parsePublicKey } from "../src/index.ts";
import { entry, envelopeBundle, hashedRekord, hashedRekordV2, messageBundle } from "./support/bundles.ts";
import type { BundleJson, EntryJson, EntrySpec } from "./support/bundles.ts";
import { spkiOf } from "./support/certificates.ts";
import { check, codeOf } from "./support/expect.ts";
import {
  ARTIFACT,
  base64,
  iso,
  keys,
  leaf,
  logJson,
  MINUTE,
  NOW,
  pem,
  rootJson,
  sha256,
  token,
} from "./support/world.ts";
import type { RootJson } from "./support/world.ts";

const digest = sha256(ARTIFACT);
const otherLeaf = leaf({ serial: 9 });
const cert = (der: Uint8Array): string => pem("CERTIFICATE", der);

/** A bundle whose entry's body is made by the function; the log signs whatever it is. */
function withBody(body: (signature: Buffer, certificate: Buffer) => Buffer, how: Partial<EntrySpec> = {}): BundleJson {
  return messageBundle({
    entries: (signature, certificate) => [entry({ ...how, body: body(signature, certificate) })],
  });
}

/** A good bundle whose entry is changed after the log has signed it. */
function bent(change: (entry: EntryJson) => void, how: Partial<EntrySpec> = {}): BundleJson {
  return messageBundle({
    entries: (signature, certificate) => {
      const made = entry({ ...how, body: hashedRekord(digest, signature, cert(certificate)) });
      change(made);
      return [made];
    },
  });
}

const v2 = (bundle: (signature: Buffer, certificate: Buffer) => Buffer): BundleJson =>
  withBody(bundle, { version: "0.0.2", withPromise: false });

function withLogWindow(start: number, end?: number): RootJson {
  const log = logJson(keys.log);
  log.publicKey.validFor = { start: iso(start), ...(end === undefined ? {} : { end: iso(end) }) };
  return rootJson({ tlogs: [log] });
}

function json(change: (body: Record<string, unknown>) => void, from: Buffer): Buffer {
  const body = JSON.parse(from.toString()) as Record<string, unknown>;
  change(body);
  return Buffer.from(JSON.stringify(body));
}

describe("the body of a log entry", () => {
  it("when it is a hashedrekord of Rekor v2 accepts it", () => {
    const bundle = v2((signature, certificate) =>
      hashedRekordV2(digest, signature, certificate, "PKIX_ECDSA_P256_SHA_256"),
    );
    expect(check(bundle).logEntries).toMatchObject([
      { kind: "hashedrekord", version: "0.0.2", integratedTimeMs: undefined },
    ]);
  });

  it.each<[string, () => BundleJson]>([
    ["names another certificate", () => withBody((s) => hashedRekord(digest, s, cert(otherLeaf)))],
    [
      "names the bare key of the certificate",
      () => withBody((s) => hashedRekord(digest, s, pem("PUBLIC KEY", spkiOf(keys.signer)))),
    ],
    ["names another signature", () => withBody((s, c) => hashedRekord(digest, s.subarray(1), cert(c)))],
    ["names another digest", () => withBody((s, c) => hashedRekord(sha256(Buffer.from("x")), s, cert(c)))],
    [
      "names another certificate (v2)",
      () => v2((s) => hashedRekordV2(digest, s, otherLeaf, "PKIX_ECDSA_P256_SHA_256")),
    ],
    [
      "names another signature (v2)",
      () => v2((s, c) => hashedRekordV2(digest, s.subarray(1), c, "PKIX_ECDSA_P256_SHA_256")),
    ],
    [
      "names another digest (v2)",
      () => v2((s, c) => hashedRekordV2(sha256(Buffer.from("x")), s, c, "PKIX_ECDSA_P256_SHA_256")),
    ],
    ["lies about the key (v2)", () => v2((s, c) => hashedRekordV2(digest, s, c, "PKIX_ECDSA_P384_SHA_384"))],
    [
      "is of another kind than the bundle says",
      () => withBody((s, c) => hashedRekord(digest, s, cert(c)), { kind: "dsse" }),
    ],
    [
      "is of another version than the bundle says",
      () => withBody((s, c) => hashedRekord(digest, s, cert(c)), { version: "0.0.2" }),
    ],
    ["is of an unknown kind", () => withBody((s, c) => hashedRekord(digest, s, cert(c)), { kind: "rpm" })],
    ["has an unknown field", () => withBody((s, c) => json((b) => (b["extra"] = 1), hashedRekord(digest, s, cert(c))))],
    [
      "says another kind inside",
      () => withBody((s, c) => json((b) => (b["kind"] = "dsse"), hashedRekord(digest, s, cert(c)))),
    ],
    [
      "says another version inside",
      () => withBody((s, c) => json((b) => (b["apiVersion"] = "0.0.9"), hashedRekord(digest, s, cert(c)))),
    ],
    ["names its signer by something else", () => withBody((s, c) => hashedRekord(digest, s, pem("OTHER", c)))],
    ["names its signer by two blocks", () => withBody((s, c) => hashedRekord(digest, s, cert(c) + cert(c)))],
  ])("when it %s throws LOG_ENTRY_INVALID", (_, bundle) => {
    const made = bundle();
    expect(codeOf(() => check(made))).toBe("LOG_ENTRY_INVALID");
  });

  it("when it is not JSON throws a coded error", () => {
    expect(codeOf(() => check(withBody(() => Buffer.from("junk"))))).toBe("LOG_ENTRY_INVALID");
  });
});

type EnvelopeBody = (signature: Buffer, certificate: Buffer, payload: Buffer) => Buffer;
const hexHash = (bytes: Uint8Array): unknown => ({ algorithm: "sha256", value: sha256(bytes).toString("hex") });

const dsseV1: EnvelopeBody = (signature, certificate, payload) => {
  const signatures = [{ signature: base64(signature), verifier: base64(Buffer.from(cert(certificate))) }];
  const spec = { envelopeHash: hexHash(Buffer.from("any")), payloadHash: hexHash(payload), signatures };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "dsse", spec }));
};

const dsseV2: EnvelopeBody = (signature, certificate, payload) => {
  const verifier = { keyDetails: "PKIX_ECDSA_P256_SHA_256", x509Certificate: { rawBytes: base64(certificate) } };
  const payloadHash = { algorithm: "SHA2_256", digest: base64(sha256(payload)) };
  const spec = { dsseV002: { payloadHash, signatures: [{ content: base64(signature), verifier }] } };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "dsse", spec }));
};

const intoto: EnvelopeBody = (signature, certificate, payload) => {
  const twice = (bytes: Uint8Array): string => base64(Buffer.from(base64(bytes)));
  const signatures = [{ publicKey: base64(Buffer.from(cert(certificate))), sig: twice(signature) }];
  const envelope = { payload: twice(payload), payloadType: "application/vnd.in-toto+json", signatures };
  const spec = { content: { envelope, hash: hexHash(Buffer.from("any")), payloadHash: hexHash(payload) } };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "intoto", spec }));
};

describe("the body of an envelope's log entry", () => {
  const bodies: [string, string, EnvelopeBody][] = [
    ["dsse", "0.0.1", dsseV1],
    ["dsse", "0.0.2", dsseV2],
    ["intoto", "0.0.2", intoto],
  ];
  const other = Buffer.from("other");
  const make = (kind: string, version: string, body: EnvelopeBody): BundleJson =>
    envelopeBundle({ entries: (s, c, payload) => [entry({ kind, version, body: body(s, c, payload) })] });

  it.each(bodies)("when it is %s %s accepts it", (kind, version, body) => {
    expect(check(make(kind, version, body)).logEntries).toMatchObject([{ kind, version }]);
  });

  it.each(bodies)("when %s %s names another payload throws LOG_ENTRY_INVALID", (kind, version, body) => {
    expect(codeOf(() => check(make(kind, version, (s, c) => body(s, c, other))))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s names another signature throws LOG_ENTRY_INVALID", (kind, version, body) => {
    expect(codeOf(() => check(make(kind, version, (_, c, p) => body(other, c, p))))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s names another certificate throws LOG_ENTRY_INVALID", (kind, version, body) => {
    expect(codeOf(() => check(make(kind, version, (s, _, p) => body(s, otherLeaf, p))))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s is about a message signature throws LOG_ENTRY_INVALID", (kind, version, body) => {
    const bundle = messageBundle({ entries: (s, c) => [entry({ kind, version, body: body(s, c, ARTIFACT) })] });
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s has two signatures throws LOG_ENTRY_INVALID", (kind, version, body) => {
    const twice: EnvelopeBody = (...parts) =>
      Buffer.from(
        body(...parts)
          .toString()
          .replace(/"signatures":\[(.*)\]/, '"signatures":[$1,$1]'),
      );
    expect(codeOf(() => check(make(kind, version, twice)))).toBe("LOG_ENTRY_INVALID");
  });

  it("when intoto repeats another payload than it hashes throws LOG_ENTRY_INVALID", () => {
    const lying: EnvelopeBody = (s, c, payload) => {
      const honest = base64(Buffer.from(base64(payload)));
      const text = intoto(s, c, payload).toString();
      return Buffer.from(text.replace(honest, base64(Buffer.from(base64(other)))));
    };
    expect(codeOf(() => check(make("intoto", "0.0.2", lying)))).toBe("LOG_ENTRY_INVALID");
  });

  it("when a hashedrekord is over the payload instead of its encoding throws LOG_ENTRY_INVALID", () => {
    const bundle = envelopeBundle({ entries: (s, c, p) => [entry({ body: hashedRekord(sha256(p), s, cert(c)) })] });
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });
});

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

describe("several log entries", () => {
  it("when one stands there twice counts it once", () => {
    const bundle = messageBundle();
    bundle.verificationMaterial.tlogEntries.push(...bundle.verificationMaterial.tlogEntries);
    expect(check(bundle).logEntries).toHaveLength(1);
  });

  it("when one of two is bad throws LOG_ENTRY_INVALID", () => {
    const bundle = messageBundle();
    bundle.verificationMaterial.tlogEntries.push(
      entry({ body: hashedRekord(digest, Buffer.alloc(8), cert(otherLeaf)) }),
    );
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });
});
