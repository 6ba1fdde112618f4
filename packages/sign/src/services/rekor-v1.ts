import { createPublicKey, X509Certificate } from "node:crypto";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { bytesOf, countOf, DocumentError, textOf } from "../fields.ts";
import { SIGN_LIMITS } from "../limits.ts";
import type { LogEntry, SignedContent, SigningKey } from "../ports.ts";
import { getJson, postJson, ServiceError, toJson } from "./http.ts";
import type { RequestOptions } from "./http.ts";

const ENTRIES = "/api/v1/log/entries";
const HEX = /^(?:[0-9a-f]{2})+$/;
/** An entry's name: the tree's id, which may be left out, and the leaf's hash. */
const UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;

/**
 * Puts a signature into a v1 log: of a message as `hashedrekord`, of an envelope as `dsse`. A log that has the entry
 * already, since some keys sign the same bytes alike, is asked for it. The answer is believed no further: whether it is
 * about this signature, and proven, is for who verifies the bundle.
 * Source: Rekor's OpenAPI, `createLogEntry`, `getLogEntryByUUID`, and its types' JSON Schemas, version 0.0.1.
 * @throws DocumentError for an answer that is no entry, ServiceError for none
 */
export async function createEntryV1(url: string, content: SignedContent, requests: RequestOptions): Promise<LogEntry> {
  const options = { ...requests, maxBytes: SIGN_LIMITS.maxAnswerBytes };
  try {
    return toLogEntry(toJson(await postJson(`${url}${ENTRIES}`, toProposedEntry(content), options)));
  } catch (error) {
    const uuid =
      error instanceof ServiceError && error.statusCode === 409 ? error.location?.split("/").at(-1) : undefined;
    if (uuid === undefined || !UUID.test(uuid)) throw error;
    return toLogEntry(toJson(await getJson(`${url}${ENTRIES}/${uuid}`, options)));
  }
}

function toProposedEntry({ digest, signature, key, envelope }: SignedContent): object {
  const sig = Buffer.from(signature).toString("base64");
  const verifier = Buffer.from(toPem(key)).toString("base64");
  if (envelope === undefined) {
    const hash = { algorithm: "sha256", value: Buffer.from(digest).toString("hex") };
    const spec = { data: { hash }, signature: { content: sig, publicKey: { content: verifier } } };
    return { apiVersion: "0.0.1", kind: "hashedrekord", spec };
  }
  const { payloadType, payload } = envelope;
  const dsse = { payload: Buffer.from(payload).toString("base64"), payloadType, signatures: [{ sig, keyid: "" }] };
  const proposedContent = { envelope: JSON.stringify(dsse), verifiers: [verifier] };
  return { apiVersion: "0.0.1", kind: "dsse", spec: { proposedContent } };
}

function toPem(key: SigningKey): string {
  if (key.kind === "certificate") return new X509Certificate(key.certificate).toString();
  const publicKey = createPublicKey({ key: Buffer.from(key.spki), format: "der", type: "spki" });
  return publicKey.export({ format: "pem", type: "spki" }).toString();
}

/** The one entry of the answer, under its name. Fields that are not needed are not looked at: logs add some. */
function toLogEntry(json: JsonValue): LogEntry {
  const [entry, ...more] = Object.values(asObject(json, "its answer"));
  if (more.length > 0) throw new DocumentError("its answer has several entries");
  const { body, integratedTime, logID, logIndex, verification } = asObject(entry, "its entry");
  const { signedEntryTimestamp, inclusionProof } = asObject(verification, "its verification");
  const canonicalizedBody = bytesOf(body, "its body");
  const { kind, apiVersion } = asObject(toJson(canonicalizedBody), "its body");
  return {
    logIndex: String(countOf(logIndex, "its logIndex")),
    logId: { keyId: hexOf(logID, "its logID") },
    kindVersion: { kind: textOf(kind, "its kind"), version: textOf(apiVersion, "its apiVersion") },
    integratedTime: String(countOf(integratedTime, "its integratedTime")),
    inclusionPromise: { signedEntryTimestamp: bytesOf(signedEntryTimestamp, "its signedEntryTimestamp") },
    inclusionProof: toProof(asObject(inclusionProof, "its inclusionProof")),
    canonicalizedBody,
  };
}

function toProof({ logIndex, treeSize, rootHash, hashes, checkpoint }: JsonObject): LogEntry["inclusionProof"] {
  if (!Array.isArray(hashes)) throw new DocumentError("its hashes are not a list");
  return {
    logIndex: String(countOf(logIndex, "its proof's logIndex")),
    treeSize: String(countOf(treeSize, "its treeSize")),
    rootHash: hexOf(rootHash, "its rootHash"),
    hashes: (hashes as readonly JsonValue[]).map((hash) => hexOf(hash, "its hash")),
    checkpoint: { envelope: textOf(checkpoint, "its checkpoint") },
  };
}

function asObject(value: JsonValue | undefined, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new DocumentError(`${what} is not an object`);
}

function hexOf(value: JsonValue | undefined, what: string): Buffer {
  const text = textOf(value, what);
  if (HEX.test(text)) return Buffer.from(text, "hex");
  throw new DocumentError(`${what} is not hex`);
}
