import { createHash, createHmac } from "node:crypto";

import { compareStrings } from "../../values/values.ts";

export interface AwsCredentials {
  readonly service: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** "" for none. */
  readonly sessionToken: string;
  /** Signs `UNSIGNED-PAYLOAD` in place of the body's digest. */
  readonly skipsBody: boolean;
}

export interface AwsRequest {
  readonly method: string;
  readonly host: string;
  /** Escaped. */
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Headers that proxies change on the way. */
const UNSIGNED_HEADERS = ["authorization", "user-agent", "x-amzn-trace-id"];
/** Services that want the body's digest as a header. */
const DIGEST_SERVICES = ["s3", "glacier"];

/**
 * The headers that sign a request with AWS Signature Version 4, `Authorization` among them, at a time in nanoseconds.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signRequest(request: AwsRequest, credentials: AwsCredentials, time: bigint): Map<string, string> {
  const { service, region, accessKey, secretKey, sessionToken, skipsBody } = credentials;
  const bodyDigest = skipsBody ? "UNSIGNED-PAYLOAD" : sha256(request.body);
  const timestamp = timestampOf(time);
  const date = timestamp.slice(0, 8);
  const added = new Map([
    ["host", request.host],
    ["x-amz-date", timestamp],
  ]);
  if (DIGEST_SERVICES.includes(service)) added.set("x-amz-content-sha256", bodyDigest);
  if (sessionToken !== "") added.set("x-amz-security-token", sessionToken);
  const signed = signedHeaders(request.headers, added);
  const names = signed.map(([name]) => name).join(";");
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join("");
  const canonical = [request.method, request.path, request.query, lines, names, bodyDigest].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(mac, `AWS4${secretKey}`);
  const signature = mac(key, text).toString("hex");
  const credential = `Credential=${accessKey}/${scope}`;
  return new Map([
    ["Authorization", `AWS4-HMAC-SHA256 ${credential},SignedHeaders=${names},Signature=${signature}`],
    ...added,
  ]);
}

/** By their names in small letters, sorted; the request's own win over those that are added. */
function signedHeaders(headers: ReadonlyMap<string, string>, added: ReadonlyMap<string, string>): [string, string][] {
  const own = [...headers].map(([name, value]) => [lower(name), value] as const);
  const all = new Map([...added, ...own.filter(([name]) => !UNSIGNED_HEADERS.includes(name))]);
  return [...all].toSorted(([left], [right]) => compareStrings(left, right));
}

/** Each character by itself, as in Go: no form depends on what stands around it. */
function lower(text: string): string {
  return Array.from(text, (character) => (character === "\u0130" ? "i" : character.toLowerCase())).join("");
}

function timestampOf(time: bigint): string {
  const seconds = (time - (((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function mac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
