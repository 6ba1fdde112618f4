import { createHash, createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { LogEntry, RekorVersion, SignedContent, SigningKey } from "@policy-pack/sign";
import { logIdOf } from "./ct-log.ts";
import { detailsOf } from "./signing-keys.ts";
import type { Inclusion, TreeHead } from "./tree-file.ts";

const CHECKPOINT = /^([^\n]+\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n)\n— \S+ ([A-Za-z0-9+/]+={0,2})\n$/;

export type { RekorVersion };

/** One log: its name as checkpoints give it, its key, and how its version words things. */
export interface TransparencyLog {
  readonly version: RekorVersion;
  /** The first line of a checkpoint. */
  readonly origin: string;
  /** Who signs a checkpoint: a hostname without port. */
  readonly host: string;
  readonly key: KeyObject;
  readonly id: Uint8Array;
}

/**
 * A Rekor v1 log: P-256, named by the SHA-256 of its public key. Its origin ends in a tree number, by which verifiers
 * know a v1 checkpoint.
 */
export function toRekorV1(host: string, key: KeyObject, publicKey: KeyObject): TransparencyLog {
  const id = logIdOf(publicKey);
  return { version: 1, origin: `${host} - ${id.readUIntBE(0, 6)}`, host, key, id };
}

/**
 * A Rekor v2 log: Ed25519, named by what a checkpoint's key hint is the start of.
 * Source: transparency-dev formats, signed notes; C2SP signed-note.
 */
export function toRekorV2(host: string, key: KeyObject, publicKey: KeyObject): TransparencyLog {
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const id = createHash("sha256")
    .update(`${host}\n`)
    .update(Buffer.from([1]))
    .update(raw)
    .digest();
  return { version: 2, origin: host, host, key, id };
}

export interface EntryBody {
  readonly kind: "hashedrekord" | "dsse";
  readonly version: "0.0.1" | "0.0.2";
  /** The canonical JSON (RFC 8785) whose hash is the leaf: keys sorted, nothing but ASCII. */
  readonly bytes: Uint8Array;
}

/**
 * The entry that a log keeps for a signature. A v1 log keeps a `dsse` entry for an envelope; a v2 log keeps a
 * `hashedrekord` over what the envelope's signature covers, the only form that cosign accepts from it.
 */
export function toEntryBody(content: SignedContent, version: RekorVersion): EntryBody {
  if (version === 2) return entryBody("hashedrekord", "0.0.2", { hashedRekordV002: hashedRekordV2(content) });
  if (content.envelope === undefined) return entryBody("hashedrekord", "0.0.1", hashedRekordV1(content));
  return entryBody("dsse", "0.0.1", dsseV1(content, content.envelope.payload));
}

/** A complete entry: SET and checkpoint from a v1 log, a checkpoint from a v2 log, which knows no time. */
export function toLogEntry(log: TransparencyLog, body: EntryBody, inclusion: Inclusion, now: Date): LogEntry {
  const logIndex = inclusion.index.toString();
  const integratedTime = log.version === 1 ? Math.floor(now.getTime() / 1000) : 0;
  return {
    logIndex,
    logId: { keyId: Buffer.from(log.id) },
    kindVersion: { kind: body.kind, version: body.version },
    integratedTime: integratedTime.toString(),
    inclusionPromise:
      log.version === 1
        ? { signedEntryTimestamp: signedEntryTimestamp(log, body, inclusion, integratedTime) }
        : undefined,
    inclusionProof: {
      logIndex,
      rootHash: Buffer.from(inclusion.root),
      treeSize: inclusion.treeSize.toString(),
      hashes: inclusion.path.map((hash) => Buffer.from(hash)),
      checkpoint: { envelope: signCheckpoint(log, { size: inclusion.treeSize, root: inclusion.root }) },
    },
    canonicalizedBody: Buffer.from(body.bytes),
  };
}

/** The signed head of a log. Source: C2SP tlog-checkpoint and signed-note. */
export function signCheckpoint(log: TransparencyLog, head: TreeHead): string {
  const note = `${log.origin}\n${head.size}\n${Buffer.from(head.root).toString("base64")}\n`;
  const signature = sign(log.version === 1 ? "sha256" : null, Buffer.from(note), log.key);
  return `${note}\n— ${log.host} ${Buffer.concat([log.id.subarray(0, 4), signature]).toString("base64")}\n`;
}

/** The head in a checkpoint that this log signed, or undefined when it did not. */
export function openCheckpoint(log: TransparencyLog, text: string): TreeHead | undefined {
  const [, note, size, root, signature] = CHECKPOINT.exec(text) ?? [];
  if (note === undefined || size === undefined || root === undefined || signature === undefined) return undefined;
  const bytes = Buffer.from(signature, "base64").subarray(4);
  const algorithm = log.version === 1 ? "sha256" : null;
  if (!verify(algorithm, Buffer.from(note), createPublicKey(log.key), bytes)) return undefined;
  return { size: Number(size), root: Buffer.from(root, "base64") };
}

/** Rekor v1's promise, over the canonical JSON of what it answers. */
function signedEntryTimestamp(
  log: TransparencyLog,
  body: EntryBody,
  { index }: Inclusion,
  integratedTime: number,
): Buffer {
  const payload = {
    body: Buffer.from(body.bytes).toString("base64"),
    integratedTime,
    logID: Buffer.from(log.id).toString("hex"),
    logIndex: index,
  };
  return sign("sha256", Buffer.from(JSON.stringify(payload)), log.key);
}

function entryBody(kind: EntryBody["kind"], version: EntryBody["version"], spec: object): EntryBody {
  return { kind, version, bytes: Buffer.from(JSON.stringify({ apiVersion: version, kind, spec })) };
}

function hashedRekordV1({ digest, signature, key }: SignedContent): object {
  return {
    data: { hash: { algorithm: "sha256", value: Buffer.from(digest).toString("hex") } },
    signature: { content: base64(signature), publicKey: { content: base64(Buffer.from(pemOf(key))) } },
  };
}

function hashedRekordV2({ digest, signature, key }: SignedContent): object {
  const rawBytes = key.kind === "certificate" ? key.certificate : key.spki;
  const verifier = { [key.kind === "certificate" ? "x509Certificate" : "publicKey"]: { rawBytes: base64(rawBytes) } };
  return {
    data: { algorithm: "SHA2_256", digest: base64(digest) },
    signature: { content: base64(signature), verifier: { keyDetails: detailsOf(key), ...verifier } },
  };
}

function dsseV1({ signature, key, envelope }: SignedContent, payload: Uint8Array): object {
  const sent = {
    payload: base64(payload),
    payloadType: envelope?.payloadType,
    signatures: [{ sig: base64(signature) }],
  };
  return {
    envelopeHash: { algorithm: "sha256", value: sha256Hex(Buffer.from(JSON.stringify(sent))) },
    payloadHash: { algorithm: "sha256", value: sha256Hex(payload) },
    signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(pemOf(key))) }],
  };
}

function pemOf(key: SigningKey): string {
  const [label, der] = key.kind === "certificate" ? ["CERTIFICATE", key.certificate] : ["PUBLIC KEY", key.spki];
  const lines = base64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
