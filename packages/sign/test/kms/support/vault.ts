import type { KeyPairKeyObjectResult } from "node:crypto";
import { demand, jsonOf, startFakeServer } from "./fake-server.ts";
import type { FakeServer, Received, Reply, TlsIdentity } from "./fake-server.ts";
import { ecKey, pemOf, signDigest, verifiesDigest } from "./keys.ts";

export const VAULT_TOKEN = "hvs.test-token-of-the-signer";

export interface FakeVault extends FakeServer {
  readonly versions: KeyPairKeyObjectResult[];
  type: string;
  /** Versions below are refused. */
  minEncryptionVersion: number;
  rotate(): void;
}

interface VaultSettings {
  readonly mount?: string;
  readonly namespace?: string;
  readonly type?: string;
  readonly key?: KeyPairKeyObjectResult;
  readonly tls?: TlsIdentity;
}

/** The transit engine with one key, `release`, whose versions are real keys. */
export async function startFakeVault(settings: VaultSettings = {}): Promise<FakeVault> {
  const { mount = "transit", namespace, key = ecKey() } = settings;
  const server = await startFakeServer((request) => answer(request, vault, mount, namespace), settings.tls);
  const vault: FakeVault = Object.assign(server, {
    versions: [key],
    type: settings.type ?? "ecdsa-p256",
    minEncryptionVersion: 0,
    rotate: () => vault.versions.push(ecKey()),
  });
  return vault;
}

function answer(request: Received, vault: FakeVault, mount: string, namespace: string | undefined): Reply {
  const { headers, path, method } = request;
  if (headers["x-vault-token"] !== VAULT_TOKEN) return { status: 403, json: { errors: ["permission denied"] } };
  demand(headers["x-vault-request"] === "true", "no X-Vault-Request");
  demand(headers["x-vault-namespace"] === namespace, "another namespace");
  if (path === `/v1/${mount}/keys/release`) {
    demand(method === "GET", "keys are read with GET");
    return { json: { data: description(vault) } };
  }
  if (path === `/v1/${mount}/sign/release/sha2-256`) {
    demand(method === "POST" || method === "PUT", "data is signed with POST");
    return sign(jsonOf(request), vault);
  }
  if (path === `/v1/${mount}/verify/release/sha2-256`)
    return { json: { data: { valid: isValid(jsonOf(request), vault) } } };
  return { status: 404, json: { errors: [] } };
}

function description(vault: FakeVault): object {
  const keys = vault.versions.map(({ publicKey }, index) => [
    String(index + 1),
    { creation_time: "2026-01-01T00:00:00Z", name: "P-256", public_key: pemOf(publicKey) },
  ]);
  return {
    name: "release",
    type: vault.type,
    keys: Object.fromEntries(keys) as object,
    latest_version: vault.versions.length,
    min_encryption_version: vault.minEncryptionVersion,
    min_decryption_version: 1,
    supports_signing: true,
  };
}

function sign(body: Record<string, unknown>, vault: FakeVault): Reply {
  const { input, prehashed, key_version: wanted } = body;
  demand(prehashed === true, "the input is not said to be a digest");
  demand(typeof input === "string", "no input");
  const digest = Buffer.from(input, "base64");
  demand(digest.length === 32 && digest.toString("base64") === input, "the input is no SHA-256");
  // Zero, or nothing, is the newest version; cosign sends it as text.
  const version = Number(wanted ?? 0) || vault.versions.length;
  const key = vault.versions[version - 1];
  if (key === undefined || version < vault.minEncryptionVersion) {
    return { status: 400, json: { errors: ["requested version for signing is not available"] } };
  }
  const isRsa = key.privateKey.asymmetricKeyType === "rsa";
  demand(!isRsa || body["signature_algorithm"] === "pkcs1v15", "RSA would be signed with PSS");
  demand(isRsa || (body["marshaling_algorithm"] ?? "asn1") === "asn1", "not DER");
  const signature = signDigest(digest, key.privateKey).toString("base64");
  return { json: { data: { key_version: version, signature: `vault:v${version}:${signature}` } } };
}

/** As Vault does, RSA is verified as PSS unless said otherwise. */
function isValid(body: Record<string, unknown>, vault: FakeVault): boolean {
  const { input, prehashed, signature } = body;
  demand(prehashed === true && typeof input === "string", "no digest to verify");
  const [, version, encoded = ""] = /^vault:v(\d+):(.+)$/.exec(String(signature)) ?? [];
  const key = vault.versions[Number(version) - 1]?.publicKey;
  if (key === undefined || key.asymmetricKeyType === "rsa") return false;
  return verifiesDigest(Buffer.from(input, "base64"), Buffer.from(encoded, "base64"), key);
}
