import { createHash, sign } from "node:crypto";
import { spkiOf } from "./certificates.ts";
import type { KeyPair } from "./certificates.ts";
import { ARTIFACT, base64, keys, leaf, NOW, pem, sha256, signBytes, token } from "./world.ts";

export interface EntryJson {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  integratedTime: string;
  inclusionPromise?: { signedEntryTimestamp: string } | undefined;
  inclusionProof?:
    | {
        logIndex: string;
        rootHash: string;
        treeSize: string;
        hashes: string[];
        checkpoint?: { envelope: string };
      }
    | undefined;
  canonicalizedBody: string;
}

export interface BundleJson {
  mediaType: string;
  verificationMaterial: {
    certificate?: { rawBytes: string };
    x509CertificateChain?: { certificates: { rawBytes: string }[] };
    publicKey?: { hint?: string };
    tlogEntries: EntryJson[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
}

export interface EntrySpec {
  readonly body: Buffer;
  readonly kind?: string;
  readonly version?: string;
  readonly key?: KeyPair;
  readonly integratedTime?: number;
  /** Index and neighbours in the tree; default the second of two leaves. */
  readonly origin?: string;
  readonly withPromise?: boolean;
}

/** The hashes through which messages are signed, as log entries and as bundles call them. */
const PROTO_NAMES = { sha256: "SHA2_256", sha384: "SHA2_384", sha512: "SHA2_512" } as const;
type Hash = keyof typeof PROTO_NAMES;

/** The body of a hashedrekord 0.0.1 entry: what Rekor v1 keeps of a signature. */
export function hashedRekord(digest: Buffer, signature: Buffer, signer: string, hash: Hash = "sha256"): Buffer {
  const spec = {
    data: { hash: { algorithm: hash, value: digest.toString("hex") } },
    signature: { content: base64(signature), publicKey: { content: base64(Buffer.from(signer)) } },
  };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "hashedrekord", spec }));
}

/** The body of a hashedrekord 0.0.2 entry (Rekor v2). */
export function hashedRekordV2(
  digest: Buffer,
  signature: Buffer,
  certificate: Buffer,
  keyDetails: string,
  hash: Hash = "sha256",
): Buffer {
  const verifier = { keyDetails, x509Certificate: { rawBytes: base64(certificate) } };
  const data = { algorithm: PROTO_NAMES[hash], digest: base64(digest) };
  const hashedRekordV002 = { data, signature: { content: base64(signature), verifier } };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "hashedrekord", spec: { hashedRekordV002 } }));
}

export function checkpointOf(rootHash: Buffer, size: number, key: KeyPair, origin = "log.example.com"): string {
  const text = `${origin}\n${size}\n${base64(rootHash)}\n`;
  const hint = sha256(spkiOf(key)).subarray(0, 4);
  return `${text}\n\u2014 ${origin} ${base64(Buffer.concat([hint, signBytes(Buffer.from(text), key)]))}\n`;
}

/** An entry as second leaf of a tree of two, promised and proven by the log. */
export function entry(spec: EntrySpec): EntryJson {
  const { body, key = keys.log, integratedTime = NOW / 1000, withPromise = true } = spec;
  const neighbour = sha256(Buffer.from([0]), Buffer.from("another entry"));
  const rootHash = sha256(Buffer.from([1]), neighbour, sha256(Buffer.from([0]), body));
  const logId = sha256(spkiOf(key));
  const logIndex = withPromise ? 41 : 1;
  const payload = JSON.stringify({ body: base64(body), integratedTime, logID: logId.toString("hex"), logIndex });
  return {
    logIndex: `${logIndex}`,
    logId: { keyId: base64(logId) },
    kindVersion: { kind: spec.kind ?? "hashedrekord", version: spec.version ?? "0.0.1" },
    integratedTime: withPromise ? `${integratedTime}` : "0",
    inclusionPromise: withPromise
      ? { signedEntryTimestamp: base64(sign("sha256", Buffer.from(payload), key.privateKey)) }
      : undefined,
    inclusionProof: {
      logIndex: "1",
      rootHash: base64(rootHash),
      treeSize: "2",
      hashes: [base64(neighbour)],
      checkpoint: { envelope: checkpointOf(rootHash, 2, key, spec.origin) },
    },
    canonicalizedBody: base64(body),
  };
}

export interface BundleSpec {
  readonly artifact?: Uint8Array;
  readonly certificate?: Buffer;
  readonly key?: KeyPair;
  /** Through which it is signed, as bundle and log entry say; default SHA-256. */
  readonly hash?: Hash;
  /** Default ECDSA with this hash by the key. */
  readonly signature?: (artifact: Uint8Array) => Buffer;
  readonly tokens?: (signature: Buffer) => readonly Buffer[];
  readonly entries?: (signature: Buffer, certificate: Buffer) => readonly EntryJson[];
}

/** A good v0.3 bundle over the artifact, with certificate, log entry and timestamp. */
export function messageBundle(spec: BundleSpec = {}): BundleJson {
  const { artifact = ARTIFACT, certificate = leaf(), key = keys.signer, hash = "sha256" } = spec;
  const signature = spec.signature?.(artifact) ?? sign(hash, artifact, key.privateKey);
  const digest = createHash(hash).update(artifact).digest();
  const good = (): EntryJson[] => [
    entry({ body: hashedRekord(digest, signature, pem("CERTIFICATE", certificate), hash) }),
  ];
  const tokens = spec.tokens?.(signature) ?? [token(signature)];
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate) },
      tlogEntries: [...(spec.entries?.(signature, certificate) ?? good())],
      timestampVerificationData: {
        rfc3161Timestamps: tokens.map((bytes) => ({ signedTimestamp: base64(bytes) })),
      },
    },
    messageSignature: {
      messageDigest: { algorithm: PROTO_NAMES[hash], digest: base64(digest) },
      signature: base64(signature),
    },
  };
}

export const STATEMENT = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "artifact", digest: { sha256: sha256(ARTIFACT).toString("hex") } }],
  predicateType: "https://example.com/predicate/v1",
  predicate: { good: true },
};

export interface EnvelopeSpec {
  readonly statement?: unknown;
  readonly payloadType?: string;
  readonly entries?: (signature: Buffer, certificate: Buffer, payload: Buffer, pae: Buffer) => readonly EntryJson[];
  readonly signature?: (pae: Buffer) => Buffer;
  readonly certificate?: Buffer;
}

/** A good v0.3 bundle that holds a statement about the artifact in an envelope, logged by its PAE's digest. */
export function envelopeBundle(spec: EnvelopeSpec = {}): BundleJson {
  const { certificate = leaf(), payloadType = "application/vnd.in-toto+json" } = spec;
  const payload = Buffer.isBuffer(spec.statement)
    ? spec.statement
    : Buffer.from(JSON.stringify(spec.statement ?? STATEMENT));
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
  const signature = (spec.signature ?? signBytes)(pae);
  const good = (): EntryJson[] => [
    entry({ body: hashedRekord(sha256(pae), signature, pem("CERTIFICATE", certificate)) }),
  ];
  const { verificationMaterial } = messageBundle({ certificate, tokens: () => [token(signature)], entries: () => [] });
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      ...verificationMaterial,
      tlogEntries: [...(spec.entries?.(signature, certificate, payload, pae) ?? good())],
    },
    dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] },
  };
}
