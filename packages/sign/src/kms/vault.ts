import { homedir } from "node:os";
import path from "node:path";
import { systemCodeOf } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { serviceUrl } from "../service-url.ts";
import { attempt, readCertificates, readSmallFile, variable } from "./context.ts";
import type { KmsContext } from "./context.ts";
import { malformed, misconfigured, unavailable } from "./failures.ts";
import { Fields } from "./fields.ts";
import { requestJson } from "./http.ts";
import type { Service } from "./http.ts";
import type { RemoteKey } from "./key-signer.ts";
import { readPublicKey, wrongKind } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { VaultReference } from "./uri.ts";

/** Types of transit keys, and the kind that their public key must be of. */
const KINDS: Readonly<Record<string, PublicKey["kind"]>> = Object.freeze({
  "ecdsa-p256": "P-256",
  "ecdsa-p384": "P-384",
  "ecdsa-p521": "P-521",
  "rsa-2048": "RSA",
  "rsa-3072": "RSA",
  "rsa-4096": "RSA",
});

/** Where Vault is and what is sent along to it. */
interface Vault {
  readonly mount: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: string | undefined;
  readonly service: Service;
}

/**
 * A key of Vault's transit engine (or OpenBao's), at the version named or the newest when it is opened. Signatures
 * of that version are asked for by number, so that a rotation in between changes nothing.
 * Source: Vault's HTTP API, "Transit secrets engine", "Read key" and "Sign data".
 * @throws ConfigError CONFIG_INVALID, SIGNER_UNAVAILABLE, KEY_INVALID, SIGNING_FAILED
 */
export async function openVaultKey(reference: VaultReference, context: KmsContext): Promise<RemoteKey> {
  const vault = await connect(reference, context);
  const data = await ask(vault, context, `keys/${reference.key}`);
  const version = versionOf(data, reference, vault.service);
  const name = `Vault's key ${reference.key}, version ${version}`;
  const publicKey = publicKeyOf(data, version, name);
  return {
    name,
    publicKey,
    signDigest: async (digest) => {
      const answer = await ask(vault, context, `sign/${reference.key}/sha2-256`, signBody(digest, version, publicKey));
      return signatureOf(answer, version, vault.service);
    },
  };
}

async function connect(reference: VaultReference, context: KmsContext): Promise<Vault> {
  const base = context.endpoint ?? addressOf(context);
  const engine = variable(context, "TRANSIT_SECRET_ENGINE_PATH") ?? "transit";
  if (!/^\/?[\w.-]+(\/[\w.-]+)*\/?$/.test(engine) || engine.split("/").some((part) => /^\.+$/.test(part))) {
    throw misconfigured("TRANSIT_SECRET_ENGINE_PATH is not the path of a mount, such as transit; correct it.");
  }
  if (
    variable(context, "VAULT_SKIP_VERIFY") !== undefined &&
    /^(1|t|true)$/i.test(context.env["VAULT_SKIP_VERIFY"] ?? "")
  ) {
    throw misconfigured("VAULT_SKIP_VERIFY would send the token to anyone who answers; give the CA in VAULT_CACERT.");
  }
  const namespace = variable(context, "VAULT_NAMESPACE");
  const token = await readToken(context);
  context.secrets.add(token);
  const mount = new URL(`${base.href.replace(/\/$/, "")}/v1/${engine.replace(/^\/|\/$/g, "")}/`);
  return {
    mount,
    headers: {
      "x-vault-request": "true",
      "x-vault-token": token,
      ...(namespace === undefined ? {} : { "x-vault-namespace": headerValue(namespace, "VAULT_NAMESPACE") }),
    },
    ca: await readCertificates(context, "VAULT_CACERT"),
    service: {
      name: `Vault at ${base.origin}`,
      key: `the key ${reference.key}`,
      secrets: context.secrets,
      advice: "check VAULT_TOKEN, VAULT_NAMESPACE, and that its policy allows to read keys/KEY and update sign/KEY.",
    },
  };
}

function addressOf(context: KmsContext): URL {
  const address = variable(context, "VAULT_ADDR");
  if (address === undefined)
    throw misconfigured("VAULT_ADDR is not set; set it to Vault's address, https://HOST:8200.");
  return serviceUrl(address, "VAULT_ADDR");
}

/** As Vault's own command looks for it: the variable, then the file that `vault login` writes. */
async function readToken(context: KmsContext): Promise<string> {
  const given = variable(context, "VAULT_TOKEN");
  if (given !== undefined) return headerValue(given, "VAULT_TOKEN");
  const file = path.join(variable(context, "HOME") ?? homedir(), ".vault-token");
  try {
    return headerValue((await readSmallFile(file, "vault login")).trim(), file);
  } catch (cause) {
    if (!isAbsence(cause)) throw cause;
    throw unavailable(
      "There is no Vault token: VAULT_TOKEN is not set and ~/.vault-token is not there; run vault login.",
    );
  }
}

function isAbsence(error: unknown): boolean {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  return systemCodeOf(cause) === "ENOENT";
}

/** What would not survive in a header is not sent, and not repeated. */
function headerValue(value: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw misconfigured(`${name} has characters that cannot be sent in a header; set it anew.`);
}

async function ask(vault: Vault, context: KmsContext, at: string, body?: JsonObject): Promise<Fields> {
  const { mount, headers, ca, service } = vault;
  const request = { url: new URL(at, mount), headers, ca, ...(body === undefined ? {} : { body }) };
  const answer = await attempt(context, service.name, (signal) => requestJson(request, service, signal));
  return new Fields(answer, service.name).object("data");
}

/** The version named, or the newest; whether it is there is seen when its public key is read. */
function versionOf(data: Fields, { key, version }: VaultReference, service: Service): number {
  data.check("name", key);
  const chosen = version ?? data.version("latest_version");
  // Zero, the default, stands for "any".
  const least = data.get("min_encryption_version");
  if (typeof least !== "number" || chosen >= least) return chosen;
  throw unavailable(
    `${service.name} does not sign with version ${chosen} of ${service.key}, but from its min_encryption_version ${least} on; name a later one.`,
  );
}

function publicKeyOf(data: Fields, version: number, name: string): PublicKey {
  const type = data.text("type");
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) throw wrongKind(name, type);
  const versions = data.object("keys");
  if (versions.get(String(version)) === undefined) {
    throw unavailable(
      `${name} is not there; Vault has versions from the key's min_decryption_version to its latest_version.`,
    );
  }
  const publicKey = readPublicKey({ pem: versions.object(String(version)).text("public_key") }, name);
  if (publicKey.kind !== kind) throw malformed("Vault", `a ${publicKey.kind} key for the type ${type}`);
  return publicKey;
}

function signBody(digest: Uint8Array, version: number, { kind }: PublicKey): JsonObject {
  return {
    input: Buffer.from(digest).toString("base64"),
    prehashed: true,
    key_version: version,
    ...(kind === "RSA" ? { signature_algorithm: "pkcs1v15" } : { marshaling_algorithm: "asn1" }),
  };
}

function signatureOf(answer: Fields, version: number, service: Service): Uint8Array {
  const text = answer.text("signature");
  const prefix = `vault:v${version}:`;
  if (!text.startsWith(prefix)) throw malformed(service.name, `the signature is not of version ${version}`);
  return new Fields({ signature: text.slice(prefix.length) }, service.name).bytes("signature");
}
