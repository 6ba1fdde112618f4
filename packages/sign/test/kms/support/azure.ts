import { randomBytes } from "node:crypto";
import type { KeyPairKeyObjectResult } from "node:crypto";
import { demand, jsonOf, startFakeServer } from "./fake-server.ts";
import type { FakeServer, Received, Reply } from "./fake-server.ts";
import { ecKey, signDigest } from "./keys.ts";

export const AZURE_HOST = "acme-packs.vault.azure.net";
export const AZURE_TOKEN = "eyJ.test-azure-token.sig";
export const AZURE_SECRET = "the-identity-header-of-the-app";

export interface FakeAzure extends FakeServer {
  /** By version, the newest last. */
  readonly versions: Map<string, KeyPairKeyObjectResult>;
  attributes: Record<string, unknown>;
  operations: string[];
  rotate(): string;
  /** The variables by which an App Service hands out tokens. */
  readonly env: Readonly<Record<string, string>>;
}

/** Key Vault with one key, `release`, and the managed identity endpoint of an App Service. */
export async function startFakeAzure(): Promise<FakeAzure> {
  const server = await startFakeServer((request) => answer(request, azure));
  const azure: FakeAzure = Object.assign(server, {
    versions: new Map<string, KeyPairKeyObjectResult>(),
    attributes: { enabled: true },
    operations: ["sign", "verify"],
    rotate: () => {
      const version = randomBytes(16).toString("hex");
      azure.versions.set(version, ecKey());
      return version;
    },
    env: { IDENTITY_ENDPOINT: `${server.url}/msi/token`, IDENTITY_HEADER: AZURE_SECRET },
  });
  azure.rotate();
  return azure;
}

function answer(request: Received, azure: FakeAzure): Reply {
  if (request.path === "/msi/token") return managedIdentity(request);
  if (request.headers.authorization !== `Bearer ${AZURE_TOKEN}`) return azureError(401, "Unauthorized");
  demand(request.query.get("api-version") === "7.4", "another API version");
  const [, name, named, verb] = /^\/keys\/([^/]+)(?:\/([0-9a-f]{32}))?(\/sign)?$/.exec(request.path) ?? [];
  const version = named ?? [...azure.versions.keys()].at(-1) ?? "";
  const key = azure.versions.get(version);
  if (name !== "release" || key === undefined) return azureError(404, "KeyNotFound");
  const kid = `https://${AZURE_HOST}/keys/release/${version}`;
  if (verb === undefined) {
    demand(request.method === "GET", "keys are read with GET");
    return { json: { key: { kid, key_ops: azure.operations, ...jwkOf(key) }, attributes: azure.attributes } };
  }
  demand(named !== undefined, "signed without naming the version");
  return sign(request, kid, key);
}

function managedIdentity({ headers, query }: Received): Reply {
  demand(headers["x-identity-header"] === AZURE_SECRET, "another identity header");
  demand(
    (query.get("resource") ?? "").replace(/\/$/, "") === "https://vault.azure.net",
    "a token for another audience",
  );
  const expires = Math.floor(Date.now() / 1000) + 3600;
  return {
    json: {
      access_token: AZURE_TOKEN,
      expires_on: String(expires),
      resource: "https://vault.azure.net",
      token_type: "Bearer",
    },
  };
}

function jwkOf({ publicKey }: KeyPairKeyObjectResult): object {
  const { kty, ...rest } = publicKey.export({ format: "jwk" });
  return { kty: `${String(kty)}-HSM`, ...rest };
}

function sign(request: Received, kid: string, { privateKey }: KeyPairKeyObjectResult): Reply {
  demand(request.method === "POST", "digests are signed with POST");
  const { alg, value } = jsonOf(request);
  demand(alg === (privateKey.asymmetricKeyType === "rsa" ? "RS256" : "ES256"), "another algorithm");
  demand(typeof value === "string" && /^[\w-]{43}$/.test(value), "no SHA-256 digest");
  const signature = signDigest(Buffer.from(value, "base64url"), privateKey, "compact");
  return { json: { kid, value: signature.toString("base64url") } };
}

export function azureError(status: number, code: string): Reply {
  return { status, json: { error: { code, message: `${code}: the request was refused` } } };
}
