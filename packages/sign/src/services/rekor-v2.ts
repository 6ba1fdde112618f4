import { X509Certificate } from "node:crypto";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { bytesOf, DocumentError, objectOf, textOf } from "../fields.ts";
import { SIGN_LIMITS } from "../limits.ts";
import { keyFacts } from "../keys/key-kind.ts";
import type { LogEntry, SignedContent, SigningKey } from "../ports.ts";
import { postJson, toJson } from "./http.ts";
import type { RequestOptions } from "./http.ts";
import { keyDetailsOf, spkiFacts } from "./log-keys.ts";

const ENTRY_FIELDS = [
  ...["logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise"],
  ...["inclusionProof", "canonicalizedBody"],
];
const PROOF_FIELDS = ["logIndex", "rootHash", "treeSize", "hashes", "checkpoint"];

/**
 * Puts a signature over a digest into a v2 log. The answer is read strictly and believed no further: whether
 * it is about this signature, and proven, is for who verifies the bundle.
 * Source: rekor-tiles, `CreateEntryRequest`; Sigstore protobuf specs, `TransparencyLogEntry`.
 * @throws DocumentError for an answer that is no entry, ServiceError for none
 */
export async function createEntryV2(url: string, content: SignedContent, requests: RequestOptions): Promise<LogEntry> {
  const maxBytes = SIGN_LIMITS.maxAnswerBytes;
  const body = await postJson(`${url}/api/v2/log/entries`, toRequest(content), { ...requests, maxBytes });
  return toLogEntry(toJson(body));
}

function toRequest({ digest, signature, key }: SignedContent): object {
  const verifier = toVerifier(key);
  return {
    hashedRekordRequestV002: {
      digest: Buffer.from(digest).toString("base64"),
      signature: { content: Buffer.from(signature).toString("base64"), verifier },
    },
  };
}

function toVerifier(key: SigningKey): object {
  if (key.kind === "publicKey") {
    const rawBytes = Buffer.from(key.spki).toString("base64");
    return { keyDetails: keyDetailsOf(spkiFacts(key.spki)), publicKey: { rawBytes } };
  }
  const { publicKey, raw } = new X509Certificate(key.certificate);
  return { keyDetails: keyDetailsOf(keyFacts(publicKey)), x509Certificate: { rawBytes: raw.toString("base64") } };
}

/** In protobuf's JSON a number that is zero, and a list that is empty, is left out. */
function toLogEntry(json: JsonValue): LogEntry {
  const entry = objectOf(json, "its answer", ENTRY_FIELDS);
  const { keyId } = objectOf(entry["logId"], "its logId", ["keyId"]);
  const { kind, version } = objectOf(entry["kindVersion"], "its kindVersion", ["kind", "version"]);
  return {
    logIndex: decimalOf(entry["logIndex"], "its logIndex"),
    logId: { keyId: bytesOf(keyId, "its keyId") },
    kindVersion: { kind: textOf(kind, "its kind"), version: textOf(version, "its version") },
    integratedTime: decimalOf(entry["integratedTime"], "its integratedTime"),
    inclusionPromise: undefined,
    inclusionProof: toProof(objectOf(entry["inclusionProof"], "its inclusionProof", PROOF_FIELDS)),
    canonicalizedBody: bytesOf(entry["canonicalizedBody"], "its canonicalizedBody"),
  };
}

function toProof(proof: JsonObject): NonNullable<LogEntry["inclusionProof"]> {
  const { envelope } = objectOf(proof["checkpoint"], "its checkpoint", ["envelope"]);
  const hashes = proof["hashes"] ?? [];
  if (!Array.isArray(hashes)) throw new DocumentError("its hashes are not a list");
  return {
    logIndex: decimalOf(proof["logIndex"], "its proof's logIndex"),
    rootHash: bytesOf(proof["rootHash"], "its rootHash"),
    treeSize: decimalOf(proof["treeSize"], "its treeSize"),
    hashes: (hashes as readonly JsonValue[]).map((hash) => bytesOf(hash, "its hash")),
    checkpoint: { envelope: textOf(envelope, "its checkpoint's envelope") },
  };
}

function decimalOf(value: JsonValue | undefined, what: string): string {
  if (value === undefined) return "0";
  if (typeof value === "string" && /^(0|[1-9][0-9]{0,18})$/.test(value)) return value;
  throw new DocumentError(`${what} is not a whole number in quotes`);
}
