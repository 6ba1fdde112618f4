import type { JsonObject } from "@policy-pack/pack";
import { attempt } from "./context.ts";
import type { KmsContext } from "./context.ts";
import { toDerSignature } from "./ecdsa.ts";
import { malformed, unavailable } from "./failures.ts";
import { Fields } from "./fields.ts";
import { requestJson } from "./http.ts";
import type { Service } from "./http.ts";
import type { RemoteKey } from "./key-signer.ts";
import { loadPackage } from "./packages.ts";
import { readPublicKey, wrongKind } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { AzureReference } from "./uri.ts";

/** A version that every Key Vault and Managed HSM in Azure's clouds speaks. */
const API_VERSION = "7.4";
const P256_BYTES = 32;

interface Azure {
  readonly base: URL;
  readonly service: Service;
  token(signal: AbortSignal): Promise<string>;
}

/**
 * A key of Azure Key Vault or Managed HSM, at the version named or the current one when it is opened. Credentials are
 * those of Azure's DefaultAzureCredential; the token goes to the vault's host alone.
 * Source: Key Vault REST API 7.4, "Get Key" and "Sign"; RFC 7518, 6.2 and 6.3.
 * @throws ConfigError TOOL_MISSING, SIGNER_UNAVAILABLE, KEY_INVALID, SIGNING_FAILED
 */
export async function openAzureKey(reference: AzureReference, context: KmsContext): Promise<RemoteKey> {
  const azure = await connect(reference, context);
  const wanted = `keys/${reference.key}${reference.version === undefined ? "" : `/${reference.version}`}`;
  const answer = new Fields(await ask(azure, context, wanted), azure.service.name);
  const jwk = answer.object("key");
  const version = versionOf(jwk, reference, azure.service.name);
  const name = `the Azure key ${reference.host}/${reference.key}/${version}`;
  checkUsable(answer, jwk, name);
  const publicKey = publicKeyOf(jwk, name);
  return {
    name,
    publicKey,
    signDigest: async (digest) => {
      const body = {
        alg: publicKey.kind === "RSA" ? "RS256" : "ES256",
        value: Buffer.from(digest).toString("base64url"),
      };
      const signed = new Fields(
        await ask(azure, context, `keys/${reference.key}/${version}/sign`, body),
        azure.service.name,
      );
      signed.check("kid", jwk.text("kid"));
      return signatureOf(signed, publicKey, azure.service.name);
    },
  };
}

async function connect(reference: AzureReference, context: KmsContext): Promise<Azure> {
  const { DefaultAzureCredential } = await loadPackage(context.packages, "azure", "azurekms://");
  const credential = new DefaultAzureCredential();
  const base = context.endpoint ?? new URL(`https://${reference.host}`);
  // The cloud's domain, vault.azure.net for one, names whom the token is for.
  const scope = `https://${reference.host.replace(/^[^.]+\./, "")}/.default`;
  const token = async (signal: AbortSignal): Promise<string> => {
    try {
      const { token: found } = await credential.getToken(scope, { abortSignal: signal });
      context.secrets.add(found);
      return found;
    } catch (error) {
      throw noCredentials(error, context);
    }
  };
  const service: Service = {
    name: `Key Vault at ${base.origin}`,
    key: `the key ${reference.key}`,
    secrets: context.secrets,
    advice:
      "the role Key Vault Crypto User on the vault (or get and sign in its access policy) is needed, in the vault's own tenant.",
  };
  return { base, token, service };
}

function noCredentials(error: unknown, context: KmsContext): Error {
  const said = context.secrets.quote(
    typeof error === "object" && error !== null && "message" in error ? String(error.message) : "",
  );
  return unavailable(
    `Azure's DefaultAzureCredential gave no token (${said}); run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or federated token.`,
  );
}

async function ask(azure: Azure, context: KmsContext, at: string, body?: JsonObject): Promise<JsonObject> {
  const { base, service } = azure;
  return attempt(context, service.name, async (signal) => {
    const headers = { authorization: `Bearer ${await azure.token(signal)}` };
    const url = new URL(`${base.href.replace(/\/$/, "")}/${at}?api-version=${API_VERSION}`);
    return requestJson({ url, headers, ...(body === undefined ? {} : { body }) }, service, signal);
  });
}

/** The key identifier names vault, key and version; all three must be those asked for. */
function versionOf(jwk: Fields, reference: AzureReference, service: string): string {
  const prefix = `https://${reference.host}/keys/${reference.key}/`;
  const kid = jwk.text("kid");
  const version = kid.toLowerCase().startsWith(prefix.toLowerCase()) ? kid.slice(prefix.length) : "";
  if (!/^[0-9a-f]{32}$/.test(version)) throw malformed(service, "a key of another name");
  if (version !== (reference.version ?? version)) throw malformed(service, "another version of the key");
  return version;
}

function checkUsable(answer: Fields, jwk: Fields, name: string): void {
  if (answer.object("attributes").get("enabled") !== true) {
    throw unavailable(`${name} is disabled; enable this version, or name another.`);
  }
  const operations = jwk.get("key_ops");
  if (!Array.isArray(operations) || !operations.includes("sign")) {
    throw unavailable(`${name} may not be used to sign; allow the operation "sign" on it.`);
  }
}

function publicKeyOf(jwk: Fields, name: string): PublicKey {
  const type = jwk.text("kty").replace(/-HSM$/, "");
  if (type === "RSA") return readPublicKey({ jwk: { kty: type, n: jwk.text("n"), e: jwk.text("e") } }, name);
  const curve = type === "EC" ? jwk.text("crv") : "";
  if (curve === "P-256")
    return readPublicKey({ jwk: { kty: type, crv: curve, x: jwk.text("x"), y: jwk.text("y") } }, name);
  throw wrongKind(name, `${type} ${curve}`.trim(), "Key Vault signs no SHA-256 digest with it");
}

function signatureOf(signed: Fields, { kind }: PublicKey, service: string): Uint8Array {
  const raw = signed.bytes("value", "base64url");
  const signature = kind === "RSA" ? raw : toDerSignature(raw, P256_BYTES);
  if (signature === undefined) throw malformed(service, "an ECDSA signature of another length");
  return signature;
}
