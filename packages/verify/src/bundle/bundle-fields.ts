import type { JsonValue } from "@policy-pack/pack";
import type { BundleContent, BundleLogEntry, BundleVersion, SigningMaterial, SigstoreBundle } from "./bundle.ts";
import { array, bytes, int64, object, oneOf, optional, text } from "../encoding/fields.ts";
import { hashOutput } from "../keys/hash-output.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { malformed } from "../encoding/malformed.ts";

const VERSIONS = {
  "application/vnd.dev.sigstore.bundle+json;version=0.1": "0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2": "0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3": "0.3",
  "application/vnd.dev.sigstore.bundle.v0.3+json": "0.3",
} as const satisfies Record<string, BundleVersion>;

const MEDIA_TYPES = Object.keys(VERSIONS) as readonly (keyof typeof VERSIONS)[];

const certificate = object({ rawBytes: bytes });

const inclusionProof = object({
  logIndex: int64,
  rootHash: bytes,
  treeSize: int64,
  hashes: array(bytes, VERIFY_LIMITS.maxProofHashes),
  checkpoint: object({ envelope: text }),
});

const logEntry = object({
  logIndex: int64,
  logId: object({ keyId: bytes }),
  kindVersion: object({ kind: text, version: text }),
  integratedTime: int64,
  inclusionPromise: optional(object({ signedEntryTimestamp: bytes })),
  inclusionProof: optional(inclusionProof),
  canonicalizedBody: bytes,
});

const verificationMaterial = object({
  publicKey: optional(object({ hint: optional(text) })),
  x509CertificateChain: optional(object({ certificates: array(certificate, VERIFY_LIMITS.maxCertificates) })),
  certificate: optional(certificate),
  tlogEntries: array(logEntry, VERIFY_LIMITS.maxLogEntries),
  timestampVerificationData: optional(
    object({ rfc3161Timestamps: array(object({ signedTimestamp: bytes }), VERIFY_LIMITS.maxTimestamps) }),
  ),
});

const messageSignature = object({ messageDigest: hashOutput, signature: bytes });

const envelope = object({
  payload: bytes,
  payloadType: text,
  signatures: array(object({ sig: bytes, keyid: optional(text) }), VERIFY_LIMITS.maxLogEntries),
});

const bundleFields = object({
  mediaType: oneOf(...MEDIA_TYPES),
  verificationMaterial,
  messageSignature: optional(messageSignature),
  dsseEnvelope: optional(envelope),
});

type BundleFields = ReturnType<typeof bundleFields>;

/** The bundle that the JSON means (sigstore_bundle.proto); throws MalformedError. */
export function toBundle(json: JsonValue): SigstoreBundle {
  const fields = bundleFields(json);
  const version = VERSIONS[fields.mediaType];
  const { tlogEntries, timestampVerificationData } = fields.verificationMaterial;
  return {
    version,
    material: toMaterial(fields, version),
    content: toContent(fields),
    logEntries: tlogEntries.map(toLogEntry),
    timestamps: (timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) => signedTimestamp),
  };
}

function toMaterial(fields: BundleFields, version: BundleVersion): SigningMaterial {
  const { publicKey, x509CertificateChain, certificate: single } = fields.verificationMaterial;
  const given = [publicKey, x509CertificateChain, single].filter((choice) => choice !== undefined);
  if (given.length !== 1) return malformed("must name one certificate or one public key");
  if (publicKey !== undefined) return { kind: "publicKey", hint: publicKey.hint ?? "" };
  // v0.3 replaced the chain by the leaf alone, so that no one has to ask what the rest of it is for.
  if ((version === "0.3") !== (single !== undefined)) malformed(`has certificates in a form that v${version} has not`);
  const [leaf, ...others] = single === undefined ? (x509CertificateChain?.certificates ?? []) : [single];
  if (leaf === undefined) return malformed("has an empty certificate chain");
  return { kind: "certificate", leaf: leaf.rawBytes, others: others.map(({ rawBytes }) => rawBytes) };
}

function toContent(fields: BundleFields): BundleContent {
  const { messageSignature: message, dsseEnvelope } = fields;
  if (message !== undefined && dsseEnvelope === undefined) {
    return { kind: "message", digest: message.messageDigest, signature: message.signature };
  }
  if (dsseEnvelope === undefined || message !== undefined) {
    return malformed("must hold either a message signature or a DSSE envelope");
  }
  const [signature, ...more] = dsseEnvelope.signatures;
  if (signature === undefined || more.length > 0) return malformed("must hold exactly one DSSE signature");
  const { payload, payloadType } = dsseEnvelope;
  return { kind: "envelope", payload, payloadType, signature: signature.sig, keyid: signature.keyid ?? "" };
}

function toLogEntry(entry: ReturnType<typeof logEntry>): BundleLogEntry {
  const { inclusionProof: proof } = entry;
  return {
    logIndex: entry.logIndex,
    logId: entry.logId.keyId,
    kind: entry.kindVersion.kind,
    version: entry.kindVersion.version,
    integratedTime: entry.integratedTime,
    promise: entry.inclusionPromise?.signedEntryTimestamp,
    proof: proof === undefined ? undefined : { ...proof, checkpoint: proof.checkpoint.envelope },
    body: entry.canonicalizedBody,
  };
}
