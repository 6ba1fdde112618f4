import { X509Certificate } from "node:crypto";
import { isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { DevAuthority } from "./authority.ts";
import { DEV_LIMITS } from "./limits.ts";
import { parseCreateEntry, parseProposedEntry, toV1Answer, toV2Answer } from "./log-request.ts";
import { leafHash } from "./merkle-tree.ts";
import { bytesAt, textAt } from "./request-fields.ts";
import { checkPossession, parseP256Key } from "./signing-keys.ts";
import { parseTimestampJson, parseTimestampRequest } from "./timestamp-request.ts";

export interface AuthorityRequest {
  readonly authority: DevAuthority;
  readonly body: Buffer;
  /** In lower case, without parameters. */
  readonly contentType: string;
  readonly authorization: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A timestamp response, or an object that is sent as JSON. */
  readonly body: Buffer | object;
}

type Route = (request: AuthorityRequest) => Promise<Answer> | Answer;

/** Every path that is answered. */
export const ROUTES: Readonly<Record<string, Route>> = Object.freeze({
  "/api/v2/signingCert": certify,
  "/api/v1/log/entries": logV1,
  "/api/v2/log/entries": logV2,
  "/api/v1/timestamp": timestamp,
});

/** Source: Fulcio, `CreateSigningCertificate`; the token comes in the body, or as cosign sends it, in the header. */
function certify({ authority, body, authorization }: AuthorityRequest): Answer {
  const request = toJson(body);
  const token = authorization === undefined ? bodyToken(request) : /^Bearer (\S+)$/.exec(authorization)?.[1];
  const claims = token === undefined ? undefined : authority.readIdentityToken(token);
  if (claims === undefined) {
    return { status: 401, body: { code: 401, message: "The identity token is not a valid one of this authority." } };
  }
  const publicKey = parseP256Key(textAt(request, "publicKeyRequest", "publicKey", "content"));
  checkPossession(publicKey, claims.identity, bytesAt(request, "publicKeyRequest", "proofOfPossession"));
  const chain = authority.certify({ ...claims, publicKey });
  const certificates = chain.map((der) => new X509Certificate(der).toString());
  return { status: 200, body: { signedCertificateEmbeddedSct: { chain: { certificates } } } };
}

/** Source: Rekor's OpenAPI, `createLogEntry`; clients find the entry by the ETag, or at the end of the Location. */
async function logV1({ authority, body }: AuthorityRequest): Promise<Answer> {
  const entry = await authority.logSignature(parseProposedEntry(toJson(body)), 1);
  const tree = entry.logId.keyId.subarray(0, 8);
  const uuid = Buffer.concat([tree, leafHash(entry.canonicalizedBody)]).toString("hex");
  const headers = { location: `/api/v1/log/entries/${uuid}`, etag: uuid };
  return { status: 201, headers, body: toV1Answer(entry, uuid) };
}

/** Source: rekor-tiles, `CreateEntry`. */
async function logV2({ authority, body }: AuthorityRequest): Promise<Answer> {
  return { status: 201, body: toV2Answer(await authority.logSignature(parseCreateEntry(toJson(body)), 2)) };
}

/** Source: RFC 3161, 3.4; JSON as Sigstore's own clients send it. */
function timestamp({ authority, body, contentType }: AuthorityRequest): Answer {
  const request =
    contentType === "application/timestamp-query" ? parseTimestampRequest(body) : parseTimestampJson(toJson(body));
  return { status: 201, body: Buffer.from(authority.timestamp(request)) };
}

function bodyToken(request: JsonValue): string | undefined {
  const credentials = isJsonObject(request) ? request["credentials"] : undefined;
  const token = isJsonObject(credentials) ? credentials["oidcIdentityToken"] : undefined;
  return typeof token === "string" ? token : undefined;
}

function toJson(body: Buffer): JsonValue {
  return parseJson(body, { maxBytes: DEV_LIMITS.maxRequestBytes, code: "INPUT_INVALID", what: "The request" });
}
