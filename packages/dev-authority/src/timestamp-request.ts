import { FormatError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { oid } from "./der.ts";
import { readElements } from "./der-reader.ts";
import type { DerElement } from "./der-reader.ts";
import { DEV_LIMITS } from "./limits.ts";
import { bytesAt, objectAt, textAt } from "./request-fields.ts";
import { TIMESTAMP_HASHES } from "./timestamp-authority.ts";
import type { TimestampHash, TimestampRequest } from "./timestamp-authority.ts";

const [BOOLEAN, INTEGER, OCTET_STRING, NULL, OID, SEQUENCE] = [0x01, 0x02, 0x04, 0x05, 0x06, 0x30];

/**
 * A TimeStampReq. A policy may be named and is ignored, since there is only one; extensions are refused.
 * Source: RFC 3161, 2.4.1.
 * @throws FormatError INPUT_INVALID
 */
export function parseTimestampRequest(der: Uint8Array): TimestampRequest {
  const [request, ...more] = readElements(der);
  if (request?.tag !== SEQUENCE || more.length > 0) throw malformed("one sequence");
  const [version, imprint, ...options] = readElements(request.content);
  if (version?.tag !== INTEGER || version.content.length !== 1 || version.content[0] !== 1)
    throw malformed("version 1");
  if (imprint?.tag !== SEQUENCE) throw malformed("a message imprint");
  return { ...parseImprint(imprint.content), ...parseOptions(options) };
}

/**
 * The same as the JSON that Sigstore's own clients send.
 * @throws FormatError INPUT_INVALID
 */
export function parseTimestampJson(json: JsonValue): TimestampRequest {
  const algorithm = textAt(json, "hashAlgorithm");
  if (!isTimestampHash(algorithm)) throw malformed("over SHA-256, SHA-384 or SHA-512");
  const { certificates = false, nonce } = objectAt(json);
  if (typeof certificates !== "boolean") throw malformed("told by a boolean whether to bring certificates");
  if (nonce !== undefined && !(typeof nonce === "number" && Number.isSafeInteger(nonce) && nonce >= 0)) {
    throw malformed("given a whole number as nonce");
  }
  const request = { algorithm, hash: sized(algorithm, bytesAt(json, "artifactHash")), withCertificate: certificates };
  return nonce === undefined
    ? request
    : { ...request, nonce: Buffer.from(nonce.toString(16).padStart(14, "0"), "hex") };
}

function parseImprint(content: Uint8Array): Pick<TimestampRequest, "algorithm" | "hash"> {
  const [identifier, hash, ...more] = readElements(content);
  if (identifier?.tag !== SEQUENCE || hash?.tag !== OCTET_STRING || more.length > 0)
    throw malformed("a message imprint");
  const [type, parameters, ...rest] = readElements(identifier.content);
  const hasParameters = parameters !== undefined && (parameters.tag !== NULL || parameters.content.length > 0);
  if (type?.tag !== OID || hasParameters || rest.length > 0) throw malformed("a hash algorithm");
  const algorithm = Object.keys(TIMESTAMP_HASHES)
    .filter(isTimestampHash)
    .find((name) => oid(TIMESTAMP_HASHES[name].oid).subarray(2).equals(type.content));
  if (algorithm === undefined) throw malformed("over SHA-256, SHA-384 or SHA-512");
  return { algorithm, hash: sized(algorithm, hash.content) };
}

/** Policy, nonce and the wish for certificates, each optional, in this order. */
function parseOptions(options: DerElement[]): Pick<TimestampRequest, "nonce" | "withCertificate"> {
  const rest = [...options];
  const take = (tag: number) => (rest[0]?.tag === tag ? rest.shift()?.content : undefined);
  take(OID);
  const nonce = take(INTEGER);
  const wish = take(BOOLEAN);
  if (rest.length > 0) throw malformed("without extensions");
  if (
    nonce !== undefined &&
    (nonce.length === 0 || nonce.length > DEV_LIMITS.maxNonceBytes || (nonce[0] ?? 0) >= 0x80)
  ) {
    throw malformed("given a nonce of up to 32 bytes, not negative");
  }
  const withCertificate = wish?.length === 1 && wish[0] === 0xff;
  return nonce === undefined ? { withCertificate } : { nonce, withCertificate };
}

function isTimestampHash(name: string): name is TimestampHash {
  return Object.hasOwn(TIMESTAMP_HASHES, name);
}

function sized(algorithm: TimestampHash, hash: Uint8Array): Uint8Array {
  if (hash.length === TIMESTAMP_HASHES[algorithm].size) return hash;
  throw malformed("over a hash of its algorithm's size");
}

function malformed(wanted: string): FormatError {
  return new FormatError("INPUT_INVALID", `The timestamp request is not ${wanted}.`);
}
