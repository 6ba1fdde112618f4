import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { KeyPairKeyObjectResult } from "node:crypto";
import { demand, jsonOf, startFakeServer } from "./fake-server.ts";
import type { FakeServer, Received, Reply } from "./fake-server.ts";
import { ecKey, pemOf, signDigest } from "./keys.ts";

export const GOOGLE_KEY = "projects/acme/locations/europe-west3/keyRings/packs/cryptoKeys/release";
export const GOOGLE_TOKEN = "ya29.test-access-token";
const SUBJECT_TOKEN = "the-identity-token-of-the-job";

export interface GoogleVersion {
  readonly key: KeyPairKeyObjectResult;
  readonly algorithm: string;
  state: string;
}

export interface FakeGoogle extends FakeServer {
  readonly versions: Map<number, GoogleVersion>;
  /** Application Default Credentials that lead to this server: workload identity federation with a token in a file. */
  readonly credentialsFile: string;
}

/** Cloud KMS with one key and its versions, and the token service that its credentials are exchanged at. */
export async function startFakeGoogle(): Promise<FakeGoogle> {
  const server = await startFakeServer((request) => answer(request, google));
  const folder = mkdtempSync(path.join(tmpdir(), "fake-google-"));
  const credentialsFile = path.join(folder, "credentials.json");
  const close = server.close.bind(server);
  const google: FakeGoogle = Object.assign(server, {
    versions: new Map([[1, { key: ecKey(), algorithm: "EC_SIGN_P256_SHA256", state: "ENABLED" }]]),
    credentialsFile,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true });
    },
  });
  writeFileSync(path.join(folder, "token"), SUBJECT_TOKEN);
  writeFileSync(credentialsFile, JSON.stringify(federation(server.url, path.join(folder, "token"))));
  return google;
}

function federation(url: string, file: string): object {
  return {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${url}/v1/token`,
    credential_source: { file },
  };
}

function answer(request: Received, google: FakeGoogle): Reply {
  if (request.path === "/v1/token") return exchange(request);
  if (request.headers.authorization !== `Bearer ${GOOGLE_TOKEN}`) return googleError(401, "UNAUTHENTICATED");
  const [, at, verb] = /^\/v1\/(.*?)(\/publicKey|:asymmetricSign|\/cryptoKeyVersions)$/.exec(request.path) ?? [];
  if (verb === "/cryptoKeyVersions") return list(request, google, at);
  const number = /^(.*)\/cryptoKeyVersions\/(\d+)$/.exec(at ?? "");
  const version = number?.[1] === GOOGLE_KEY ? google.versions.get(Number(number[2])) : undefined;
  if (version === undefined) return googleError(404, "NOT_FOUND");
  if (version.state !== "ENABLED") return googleError(400, "FAILED_PRECONDITION");
  return verb === "/publicKey" ? publicKey(request, at ?? "", version) : sign(request, at ?? "", version);
}

function exchange(request: Received): Reply {
  const form = new URLSearchParams(request.body.toString());
  demand(request.method === "POST", "tokens are exchanged with POST");
  demand(form.get("subject_token") === SUBJECT_TOKEN, "another subject token");
  demand((form.get("scope") ?? "").endsWith("/auth/cloudkms"), "another scope");
  return {
    json: {
      access_token: GOOGLE_TOKEN,
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 3600,
    },
  };
}

/** Pages of two, in the order of the names' text, as the service gives them. */
function list(request: Received, google: FakeGoogle, at: string | undefined): Reply {
  demand(request.method === "GET", "versions are listed with GET");
  demand(request.query.get("filter") === "state=ENABLED", "not only enabled versions are asked for");
  if (at !== GOOGLE_KEY) return googleError(404, "NOT_FOUND");
  const numbers = [...google.versions.keys()].filter((number) => google.versions.get(number)?.state === "ENABLED");
  const from = Number(request.query.get("pageToken") ?? 0);
  const page = numbers
    .map(String)
    .sort()
    .reverse()
    .slice(from, from + 2);
  return {
    json: {
      cryptoKeyVersions: page.map((number) => ({ name: `${at}/cryptoKeyVersions/${number}`, state: "ENABLED" })),
      ...(from + 2 < numbers.length ? { nextPageToken: String(from + 2) } : {}),
    },
  };
}

function publicKey(request: Received, name: string, { key, algorithm }: GoogleVersion): Reply {
  demand(request.method === "GET", "public keys are read with GET");
  const pem = pemOf(key.publicKey);
  return { json: { pem, algorithm, pemCrc32c: checksum(Buffer.from(pem)), name, protectionLevel: "HSM" } };
}

function sign(request: Received, name: string, { key }: GoogleVersion): Reply {
  demand(request.method === "POST", "digests are signed with POST");
  const { digest, digestCrc32c } = jsonOf(request) as { digest: { sha256: string }; digestCrc32c: string };
  const bytes = Buffer.from(digest.sha256, "base64");
  demand(bytes.length === 32, "no SHA-256 digest");
  demand(digestCrc32c === checksum(bytes), "the digest's checksum does not fit");
  const signature = signDigest(bytes, key.privateKey);
  return {
    json: {
      signature: signature.toString("base64"),
      signatureCrc32c: checksum(signature),
      verifiedDigestCrc32c: true,
      name,
      protectionLevel: "HSM",
    },
  };
}

export function googleError(status: number, name: string): Reply {
  return { status, json: { error: { code: status, message: `${name}: the request was refused`, status: name } } };
}

/** CRC-32C by its table, another way than the one that is tested. */
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1) value = value % 2n === 1n ? (value / 2n) ^ 0x82f63b78n : value / 2n;
  return value;
});

export function checksum(bytes: Uint8Array): string {
  const end = bytes.reduce(
    (crc, byte) => (TABLE[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (crc >> 8n),
    0xffffffffn,
  );
  return String(end ^ 0xffffffffn);
}
