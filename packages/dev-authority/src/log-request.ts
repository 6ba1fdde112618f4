import { createHash } from "node:crypto";
import { FormatError, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { preAuthEncoding } from "@policy-pack/sign";
import type { LogEntry, RekorVersion, SignedContent, SigningKey } from "@policy-pack/sign";
import { DEV_LIMITS } from "./limits.ts";
import { bytesAt, decodeBase64, objectAt, onlyItemAt, textAt } from "./request-fields.ts";
import { checkSigned, detailsOf, parseCertificate, parsePublicKey, parseVerifier } from "./signing-keys.ts";

const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * What is proposed to a Rekor v1 log: a `hashedrekord` or `dsse` entry, version 0.0.1, whose signature holds.
 * Source: Rekor's OpenAPI and its types' JSON Schemas.
 * @throws FormatError INPUT_INVALID, VerificationError SIGNATURE_INVALID
 */
export function parseProposedEntry(json: JsonValue): SignedContent {
  const kind = `${textAt(json, "kind")} ${textAt(json, "apiVersion")}`;
  if (kind === "hashedrekord 0.0.1") return checked(parseHashedRekord(objectAt(json, "spec")), 1);
  if (kind === "dsse 0.0.1") return checked(parseDsse(objectAt(json, "spec", "proposedContent")), 1);
  throw new FormatError("INPUT_INVALID", `This log takes no ${kind} entries; send hashedrekord or dsse 0.0.1.`);
}

/**
 * What is proposed to a Rekor v2 log: a `hashedrekord`, version 0.0.2, whose signature holds.
 * Source: rekor-tiles, `CreateEntryRequest`.
 * @throws FormatError INPUT_INVALID, VerificationError SIGNATURE_INVALID
 */
export function parseCreateEntry(json: JsonValue): SignedContent {
  const request = objectAt(json, "hashedRekordRequestV002");
  const verifier = objectAt(request, "signature", "verifier");
  const key = Object.hasOwn(verifier, "x509Certificate")
    ? parseCertificate(bytesAt(verifier, "x509Certificate", "rawBytes"))
    : parsePublicKey(bytesAt(verifier, "publicKey", "rawBytes"));
  const digest = sha256Sized(bytesAt(request, "digest"));
  const content = checked({ digest, signature: bytesAt(request, "signature", "content"), key }, 2);
  if (textAt(verifier, "keyDetails") === detailsOf(key)) return content;
  throw new FormatError("INPUT_INVALID", `The key's keyDetails are not ${detailsOf(key)}.`);
}

/** How a v1 log answers: the entry under its name. */
export function toV1Answer(entry: LogEntry, uuid: string): object {
  const proof = entry.inclusionProof;
  return {
    [uuid]: {
      body: entry.canonicalizedBody.toString("base64"),
      integratedTime: Number(entry.integratedTime),
      logID: entry.logId.keyId.toString("hex"),
      logIndex: Number(entry.logIndex),
      verification: {
        signedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp.toString("base64"),
        inclusionProof: {
          checkpoint: proof?.checkpoint?.envelope,
          hashes: proof?.hashes.map((hash) => hash.toString("hex")),
          logIndex: Number(proof?.logIndex),
          rootHash: proof?.rootHash.toString("hex"),
          treeSize: Number(proof?.treeSize),
        },
      },
    },
  };
}

/** How a v2 log answers: protobuf's JSON, in which a field that is zero is left out. */
export function toV2Answer(entry: LogEntry): object {
  const proof = entry.inclusionProof;
  return {
    ...(entry.logIndex === "0" ? {} : { logIndex: entry.logIndex }),
    logId: { keyId: entry.logId.keyId.toString("base64") },
    kindVersion: entry.kindVersion,
    inclusionProof: {
      ...(entry.logIndex === "0" ? {} : { logIndex: entry.logIndex }),
      rootHash: proof?.rootHash.toString("base64"),
      treeSize: proof?.treeSize,
      hashes: proof?.hashes.map((hash) => hash.toString("base64")),
      checkpoint: proof?.checkpoint,
    },
    canonicalizedBody: entry.canonicalizedBody.toString("base64"),
  };
}

function parseHashedRekord(spec: JsonValue): SignedContent {
  const value = textAt(spec, "data", "hash", "value");
  if (textAt(spec, "data", "hash", "algorithm") !== "sha256" || !SHA256_HEX.test(value)) {
    throw new FormatError("INPUT_INVALID", "The request's data.hash is not a SHA-256 in hex.");
  }
  return {
    digest: Buffer.from(value, "hex"),
    signature: bytesAt(spec, "signature", "content"),
    key: verifierOf(textAt(spec, "signature", "publicKey", "content")),
  };
}

function parseDsse(proposed: JsonValue): SignedContent {
  const text = textAt(proposed, "envelope");
  const what = "the request's envelope";
  const json = parseJson(text, { maxBytes: DEV_LIMITS.maxRequestBytes, code: "INPUT_INVALID", what });
  const envelope = { payloadType: textAt(json, "payloadType"), payload: bytesAt(json, "payload") };
  const verifier = onlyItemAt(proposed, "verifiers");
  return {
    digest: createHash("sha256").update(preAuthEncoding(envelope)).digest(),
    signature: bytesAt(onlyItemAt(json, "signatures"), "sig"),
    key: verifierOf(typeof verifier === "string" ? verifier : ""),
    envelope,
  };
}

function verifierOf(base64: string): SigningKey {
  return parseVerifier(decodeBase64(base64, "key").toString("latin1"));
}

function checked(content: SignedContent, version: RekorVersion): SignedContent {
  checkSigned(content, version);
  return content;
}

function sha256Sized(digest: Uint8Array): Uint8Array {
  if (digest.length === 32) return digest;
  throw new FormatError("INPUT_INVALID", "The request's digest is not 32 bytes long.");
}
