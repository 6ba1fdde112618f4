import type { ErrorCode } from "@policy-pack/pack";
import { entry, envelopeBundle, hashedRekord, hashedRekordV2, messageBundle } from "../forge/bundles.ts";
import type { BundleJson, BundleSpec, EntryJson } from "../forge/bundles.ts";
import { ARTIFACT, IDENTITY, ISSUER, keys, leaf, pem, rootJson, sha256, signBytes } from "../forge/world.ts";
import type { RootJson } from "../forge/world.ts";

/** What a verifier is handed. */
export interface Attempt {
  /** JSON of the bundle, in whatever bytes the forger likes. */
  readonly bundle: string | Uint8Array;
  /** JSON of the trusted root. */
  readonly trustedRoot: string;
  readonly artifact: Uint8Array;
  /** A verification policy as JSON; statements count as signatures unless it says otherwise. */
  readonly policy: object;
}

/** What a verifier must say of an attempt: its code, or "accepted" for what only looks odd. */
export type Expected = ErrorCode | "accepted";

export interface Forgery {
  /** What all forgeries of the group bend. */
  readonly group: string;
  /** Unique within the group. */
  readonly name: string;
  readonly expected: Expected;
  /** The same for a verifier that is given the artifact's digest alone, where that differs. */
  readonly expectedByDigest: Expected;
  readonly why: string;
  /** What several forgeries are that differ only in the bundles they were made of; a reader sees them as one. */
  readonly family?: string;
  /** Makes it; keys and names are the same each time, only ECDSA's nonces differ. */
  readonly attempt: () => Attempt;
}

/** The parts in which a forger departs from the honest attempt; the rest is filled in. */
export interface Trial {
  readonly bundle?: BundleJson | string | Uint8Array;
  readonly root?: RootJson | string;
  readonly artifact?: Uint8Array;
  readonly policy?: object;
}

export type Row = readonly [
  name: string,
  expected: Expected,
  why: string,
  trial: () => Trial,
  expectedByDigest?: Expected,
];

export const DEFAULT_POLICY = { signers: [{ certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER }] };

/** Forged statements must fail for what is wrong with them, and not because a statement is no signature. */
const ACCEPTING = { acceptStatements: true };

export function forgeryGroup(group: string, rows: readonly Row[]): readonly Forgery[] {
  return rows.map(([name, expected, why, trial, expectedByDigest = expected]) => ({
    group,
    name,
    expected,
    expectedByDigest,
    why,
    attempt: () => toAttempt(trial()),
  }));
}

function toAttempt({ bundle = messageBundle(), root = rootJson(), artifact = ARTIFACT, policy }: Trial): Attempt {
  const isText = typeof bundle === "string" || bundle instanceof Uint8Array;
  return {
    bundle: isText ? bundle : JSON.stringify(bundle),
    trustedRoot: typeof root === "string" ? root : JSON.stringify(root),
    artifact,
    policy: { ...ACCEPTING, ...(policy ?? DEFAULT_POLICY) },
  };
}

/** An honest Rekor v2 bundle. */
export function rekorV2Bundle(spec: BundleSpec & { readonly keyDetails?: string } = {}): BundleJson {
  const { keyDetails = "PKIX_ECDSA_P256_SHA_256", artifact = ARTIFACT } = spec;
  return messageBundle({
    entries: (signature, certificate) => [
      v2Entry(hashedRekordV2(sha256(artifact), signature, certificate, keyDetails)),
    ],
    ...spec,
  });
}

export function v2Entry(body: Buffer, kind = "hashedrekord"): EntryJson {
  return entry({ body, kind, version: "0.0.2", withPromise: false });
}

/** The body of a dsse 0.0.1 entry. */
export function dsseV1Body(payload: Buffer, signature: Buffer, certificate: Buffer): Buffer {
  const verifier = Buffer.from(pem("CERTIFICATE", certificate)).toString("base64");
  const hash = (bytes: Buffer) => ({ algorithm: "sha256", value: sha256(bytes).toString("hex") });
  const spec = {
    envelopeHash: hash(Buffer.from("as it was sent")),
    payloadHash: hash(payload),
    signatures: [{ signature: signature.toString("base64"), verifier }],
  };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "dsse", spec }));
}

/** The body of a dsse 0.0.2 entry. */
export function dsseV2Body(payload: Buffer, signature: Buffer, certificate: Buffer): Buffer {
  const verifier = {
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
    x509Certificate: { rawBytes: certificate.toString("base64") },
  };
  const dsseV002 = {
    payloadHash: { algorithm: "SHA2_256", digest: sha256(payload).toString("base64") },
    signatures: [{ content: signature.toString("base64"), verifier }],
  };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "dsse", spec: { dsseV002 } }));
}

/** The entry that Rekor v1 keeps of a message signature. */
export function v1Entry(signature: Buffer, certificate: Buffer, artifact: Uint8Array = ARTIFACT): EntryJson {
  return entry({ body: hashedRekord(sha256(artifact), signature, pem("CERTIFICATE", certificate)) });
}

/** A bundle signed with the key `signer`, with neither log entry nor timestamp: the signature is all there is. */
export function bareKeyBundle(signature: Buffer = signBytes(ARTIFACT, keys.signer)): BundleJson {
  return withKeyMaterial(messageBundle({ signature: () => signature, entries: () => [], tokens: () => [] }));
}

/** The same for a statement in an envelope. */
export function bareKeyEnvelope(signature?: (pae: Buffer) => Buffer): BundleJson {
  const bundle = envelopeBundle({ entries: () => [], ...(signature === undefined ? {} : { signature }) });
  delete bundle.verificationMaterial.timestampVerificationData;
  return withKeyMaterial(bundle);
}

function withKeyMaterial(bundle: BundleJson): BundleJson {
  delete bundle.verificationMaterial.certificate;
  bundle.verificationMaterial.publicKey = {};
  return bundle;
}

/** A copy of a bundle that was changed after all was signed. */
export function bentBundle(change: (bundle: BundleJson) => void, bundle: BundleJson = messageBundle()): BundleJson {
  const copy = structuredClone(bundle);
  change(copy);
  return copy;
}

/** A copy of a bundle whose one log entry was changed after the log had signed it. */
export function bentEntry(change: (entry: EntryJson) => void, bundle: BundleJson = messageBundle()): BundleJson {
  return bentBundle(({ verificationMaterial }) => {
    verificationMaterial.tlogEntries.forEach(change);
  }, bundle);
}

/** A bundle by a certificate that the spec's overrides bend before it is signed and logged. */
export function certified(overrides: Parameters<typeof leaf>[0]): Trial {
  return { bundle: messageBundle({ certificate: leaf(overrides) }) };
}

/** A bundle by a certificate with just these extensions, and its SCT. */
export function leafWith(...extensions: readonly Buffer[]): () => Trial {
  return () => certified({ extensions });
}

/** A trusted root, bent. */
export function bentRoot(change: (root: RootJson) => void): RootJson {
  const root = structuredClone(rootJson());
  change(root);
  return root;
}
