import { certificate, iso, name as distinguishedName, namedKeyPair, NOW, YEAR } from "@policy-pack/testkit";
import type { BundleJson, CaJson, EntryJson, LogJson, RootJson, SigstoreVector } from "@policy-pack/testkit";
import { basicConstraints, keyUsage, pem, publicGoodTrustedRoot, spkiOf } from "@policy-pack/testkit";
import { parseTrustedRoot, toVerificationPolicy, verifyArtifact } from "@policy-pack/verify";

/** A case made from the visible ones: the real bundle, changed in one respect that the suite's other half is about. */
export interface DerivedVector extends SigstoreVector {
  /** "accepted", or the code that is wanted. */
  readonly expected: string;
}

type Bend<T> = (json: T) => void;

interface Change {
  readonly from: string;
  readonly expected: string;
  readonly bundle?: Bend<BundleJson>;
  readonly root?: Bend<RootJson>;
  readonly rest?: Partial<SigstoreVector>;
}

type Vectors = ReadonlyMap<string, SigstoreVector>;

const V1 = "happy-path-v0.1";
const V3 = "happy-path-v0.3-new-mediaType";
const REKOR2 = "rekor2-timestamp-without-embedded-cert";
const EMBEDDED = "rekor2-checkpoint-two-sigs-from-origin";
const KEY = "managed-key-and-trusted-root";
const PUBLIC_GOOD_KEY = "managed-key-no-key_fail";
const INTOTO = "intoto-with-custom-trust-root";

/** The cases by name; needs the visible vectors. */
export function derivedVectors(visible: readonly SigstoreVector[]): readonly DerivedVector[] {
  const vectors: Vectors = new Map(visible.map((vector) => [vector.name, vector]));
  return Object.entries({
    ...goodChanges(vectors),
    ...badBundles(vectors),
    ...badCheckpoints(),
    ...badRoots(vectors),
  }).map(([name, change]) => derive(name, change, vectors));
}

function derive(name: string, { from, expected, bundle, root, rest }: Change, vectors: Vectors): DerivedVector {
  const base = find(vectors, from);
  return {
    ...base,
    name,
    expected,
    mustPass: expected === "accepted",
    ...(bundle === undefined ? {} : { bundle: bend(base.bundle, bundle) }),
    ...(root === undefined ? {} : { trustedRoot: bend(base.trustedRoot, root).toString(), hasOwnRoot: true }),
    ...rest,
  };
}

function find(vectors: Vectors, name: string): SigstoreVector {
  const vector = vectors.get(name);
  if (vector === undefined) throw new Error(`the visible vectors hold no ${name}`);
  return vector;
}

function bend<T>(source: string | Uint8Array, change: Bend<T>): Buffer {
  const json = JSON.parse(Buffer.from(source).toString()) as T;
  change(json);
  return Buffer.from(JSON.stringify(json));
}

function goodChanges(vectors: Vectors): Record<string, Change> {
  const accepted = { expected: "accepted" } as const;
  const { key } = find(vectors, KEY);
  return {
    "v0.3 under its older media type": { from: V3, ...accepted, bundle: mediaType("0.3") },
    "v0.2 with a chain and an inclusion proof": { from: V1, ...accepted, bundle: mediaType("0.2") },
    "a managed key in the public-good log": { from: PUBLIC_GOOD_KEY, ...accepted, rest: { key } },
    "a managed key without a hint": { from: KEY, ...accepted, bundle: withoutHint },
    "a timestamp that carries its certificate": { from: EMBEDDED, ...accepted },
    "a timestamp authority that ended at the very time": { from: REKOR2, ...accepted, root: endOfTsa(vectors, 0) },
    "a second authority with the intermediate's name": { from: V3, ...accepted, root: decoyAuthority },
    "a trusted root of v0.2": { from: REKOR2, ...accepted, root: (root) => void (root.mediaType = ROOT_V02) },
    "the same timestamp twice": { from: REKOR2, ...accepted, bundle: twice("timestamp") },
    "the same log entry twice": { from: V3, ...accepted, bundle: twice("entry") },
    "a bundle printed over many lines": { from: V3, ...accepted, rest: { bundle: reprinted(vectors, V3) } },
    "a trusted root without the authorities that a key needs none of": { from: KEY, ...accepted, root: logsOnly },
  };
}

const ROOT_V02 = "application/vnd.dev.sigstore.trustedroot.v0.2+json";

function badBundles(vectors: Vectors): Record<string, Change> {
  const other = parsed(find(vectors, "wrong-hashedrekord-entry_fail").bundle);
  const text = find(vectors, V3).bundle;
  return {
    "cut off in the middle": { from: V3, expected: "BUNDLE_INVALID", rest: { bundle: text.subarray(0, 999) } },
    "of an unknown version": { from: V3, expected: "BUNDLE_INVALID", bundle: mediaType("99.9") },
    "from another instance": { from: REKOR2, expected: "TIMESTAMP_INVALID", rest: publicGood },
    "over another artifact": { from: V3, expected: "DIGEST_MISMATCH", rest: { artifact: Buffer.from("other") } },
    "with another's certificate and signature": { from: V3, expected: "LOG_ENTRY_INVALID", bundle: signedAs(other) },
    "with another's entry": { from: V3, expected: "LOG_ENTRY_INVALID", bundle: loggedAs(other) },
    "with a broken promise": { from: V3, expected: "LOG_ENTRY_INVALID", bundle: entry(breakPromise) },
    "without an inclusion proof": { from: V3, expected: "INCLUSION_PROOF_INVALID", bundle: entry(dropProof) },
    "with a proof and no checkpoint": { from: V3, expected: "BUNDLE_INVALID", bundle: entry(dropCheckpoint) },
    "intoto without an inclusion proof": {
      from: INTOTO,
      expected: "INCLUSION_PROOF_INVALID",
      bundle: entry(dropProof),
    },
    "rekor2 without a timestamp": { from: REKOR2, expected: "TIMESTAMP_INVALID", bundle: dropTimestamps },
    "a managed key that is another": { from: KEY, expected: "KEY_MISMATCH", rest: { key: OTHER_KEY } },
    "a managed key that is another, without a hint": {
      from: KEY,
      expected: "LOG_ENTRY_INVALID",
      bundle: withoutHint,
      rest: { key: OTHER_KEY },
    },
    "a managed key where an identity is wanted": { from: KEY, expected: "KEY_MISMATCH", rest: { key: undefined } },
    "an identity where a key is wanted": { from: V3, expected: "KEY_MISMATCH", rest: { key: OTHER_KEY } },
    "an identity that begins like the one wanted": {
      from: V3,
      expected: "IDENTITY_MISMATCH",
      rest: { identity: find(vectors, V3).identity.slice(0, -1) },
    },
    "another issuer": { from: V3, expected: "IDENTITY_MISMATCH", rest: { issuer: "https://accounts.example.com" } },
  };
}

const OTHER_KEY = pem("PUBLIC KEY", spkiOf(namedKeyPair("nobody")));
const publicGood = { trustedRoot: publicGoodTrustedRoot(), hasOwnRoot: false };

function badCheckpoints(): Record<string, Change> {
  const expected = "INCLUSION_PROOF_INVALID";
  const lines = (change: (lines: string[]) => void): Bend<BundleJson> =>
    checkpoint((envelope) => {
      const all = envelope.split("\n");
      change(all);
      return all.join("\n");
    });
  return {
    "a checkpoint without its origin": { from: REKOR2, expected, bundle: lines((all) => void all.splice(0, 1)) },
    "a checkpoint without its size": { from: REKOR2, expected, bundle: lines((all) => void all.splice(1, 1)) },
    "a checkpoint without its root": { from: REKOR2, expected, bundle: lines((all) => void all.splice(2, 1)) },
    "a checkpoint of another root": {
      from: V3,
      expected,
      bundle: lines((all) => void all.splice(2, 1, Buffer.alloc(32).toString("base64"))),
    },
    "a checkpoint with a broken signature": {
      from: V3,
      expected,
      bundle: checkpoint((envelope) =>
        envelope.replace(/(.)(.{8})\n$/, (_, bit: string, rest: string) => `${swap(bit)}${rest}\n`),
      ),
    },
    "a checkpoint that a stranger signed": {
      from: REKOR2,
      expected,
      bundle: checkpoint((envelope) => envelope.replace("\u2014 ", "\u2014 x")),
    },
  };
}

function badRoots(vectors: Vectors): Record<string, Change> {
  const expected = "TIMESTAMP_INVALID";
  return {
    "a timestamp authority that ended before": { from: REKOR2, expected, root: endOfTsa(vectors, -1000) },
    "a timestamp authority that has another's validity": {
      from: REKOR2,
      expected: "TRUSTED_ROOT_INVALID",
      root: (root) => {
        endOfTsa(vectors, -1000)(root);
        root.timestampAuthorities.push({ ...oneOf(root.timestampAuthorities), certChain: { certificates: [] } });
      },
    },
    "no timestamp authority": { from: REKOR2, expected, root: (root) => void (root.timestampAuthorities = []) },
    "a certificate in the timestamp of an authority that is not trusted": {
      from: EMBEDDED,
      expected,
      root: (root) => void (root.timestampAuthorities = []),
    },
    "a log key without a start": {
      from: V3,
      expected: "TRUSTED_ROOT_INVALID",
      root: (root) => {
        root.tlogs.forEach((log) => delete log.publicKey.validFor.start);
      },
    },
    "no transparency log": { from: V3, expected: "LOG_ENTRY_INVALID", root: (root) => void (root.tlogs = []) },
    "no certificate transparency log": { from: V3, expected: "SCT_INVALID", root: (root) => void (root.ctlogs = []) },
    "no certificate authority": {
      from: V3,
      expected: "CERTIFICATE_INVALID",
      root: (root) => void (root.certificateAuthorities = []),
    },
    "another key under the log's id": { from: V3, expected: "LOG_ENTRY_INVALID", root: otherLogKey },
  };
}

const mediaType =
  (version: string): Bend<BundleJson> =>
  (bundle) =>
    void (bundle.mediaType = `application/vnd.dev.sigstore.bundle+json;version=${version}`);

const parsed = (source: Uint8Array): BundleJson => JSON.parse(Buffer.from(source).toString()) as BundleJson;

function oneOf<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("an empty list");
  return item;
}

const entry =
  (change: Bend<EntryJson>): Bend<BundleJson> =>
  ({ verificationMaterial: { tlogEntries } }) => {
    change(oneOf(tlogEntries));
  };

const checkpoint = (change: (envelope: string) => string): Bend<BundleJson> =>
  entry(({ inclusionProof }) => {
    const checkpointJson = inclusionProof?.checkpoint;
    if (checkpointJson === undefined) throw new Error("no checkpoint");
    checkpointJson.envelope = change(checkpointJson.envelope);
  });

const dropProof: Bend<EntryJson> = (json) => delete json.inclusionProof;
const dropCheckpoint: Bend<EntryJson> = ({ inclusionProof }) => delete inclusionProof?.checkpoint;
const breakPromise: Bend<EntryJson> = (json) => (json.integratedTime = `${BigInt(json.integratedTime) + 1n}`);
const dropTimestamps: Bend<BundleJson> = ({ verificationMaterial }) =>
  delete verificationMaterial.timestampVerificationData;
const withoutHint: Bend<BundleJson> = ({ verificationMaterial }) => void (verificationMaterial.publicKey = {});
const swap = (letter: string): string => (letter === "A" ? "B" : "A");

const signedAs =
  (other: BundleJson): Bend<BundleJson> =>
  (bundle) => {
    Object.assign(bundle.verificationMaterial, { certificate: other.verificationMaterial.certificate });
    Object.assign(bundle.messageSignature ?? {}, { signature: other.messageSignature?.signature });
  };

const loggedAs =
  (other: BundleJson): Bend<BundleJson> =>
  (bundle) =>
    void (bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries);

const twice =
  (what: "entry" | "timestamp"): Bend<BundleJson> =>
  ({ verificationMaterial: { tlogEntries, timestampVerificationData } }) => {
    if (what === "entry") tlogEntries.push(oneOf(tlogEntries));
    const timestamps = timestampVerificationData?.rfc3161Timestamps;
    if (what === "timestamp") timestamps?.push(oneOf(timestamps));
  };

function reprinted(vectors: Vectors, name: string): Buffer {
  const backwards = Object.fromEntries(Object.entries(parsed(find(vectors, name).bundle)).toReversed());
  return Buffer.from(`\r\n${JSON.stringify(backwards, null, "\t")}\n\n`);
}

/** Lets the timestamp authority end so many milliseconds after the time that the case's timestamp proves. */
function endOfTsa(vectors: Vectors, offsetMs: number): Bend<RootJson> {
  const { bundle, artifact, trustedRoot, identity, issuer } = find(vectors, REKOR2);
  const policy = toVerificationPolicy({ certificateIdentity: identity, certificateOidcIssuer: issuer });
  const { times } = verifyArtifact({ artifact: { bytes: artifact }, bundle, trustedRoot, policy });
  const end = iso(oneOf(times).timeMs + offsetMs);
  return ({ timestampAuthorities }) => {
    timestampAuthorities.forEach(({ validFor }) => (validFor.end = end));
  };
}

/** Puts an authority first whose own key bears the name of the real intermediate, for verifiers that look by name. */
const decoyAuthority: Bend<RootJson> = (root) => {
  const trusted = parseTrustedRoot(JSON.stringify(root)).certificateAuthorities;
  const subject = trusted.at(-1)?.certificates[0]?.subject ?? distinguishedName("none");
  const key = namedKeyPair("decoy");
  const validity = { notBefore: NOW - 10 * YEAR, notAfter: NOW + YEAR };
  const extensions = [basicConstraints(true, 0), keyUsage(5, 6)];
  const rawBytes = certificate({ subject, issuer: subject, key, issuerKey: key, ...validity, extensions });
  const decoy: CaJson = {
    uri: "https://decoy.example.com",
    certChain: { certificates: [{ rawBytes: rawBytes.toString("base64") }] },
    validFor: { start: iso(NOW - 10 * YEAR) },
  };
  root.certificateAuthorities.unshift(decoy);
};

const logsOnly: Bend<RootJson> = (root) =>
  Object.assign(root, { certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] });

const otherLogKey: Bend<RootJson> = ({ tlogs }) => {
  tlogs.forEach((log: LogJson) => {
    if (log.publicKey.keyDetails === "PKIX_ECDSA_P256_SHA_256") {
      log.publicKey.rawBytes = spkiOf(namedKeyPair("nobody")).toString("base64");
    }
  });
};
