import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { ConfigError, isJsonObject, messageOf } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import type { JSONWebKeySet } from "jose";

const MAX_KEYS = 50;
const MIN_RSA_BITS = 2_048;
const CURVES: ReadonlySet<string | undefined> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
/** Members of a private key or a shared secret (RFC 7518, 6.2.2, 6.3.2, 6.4). */
const SECRET_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/**
 * A JSON Web Key Set (RFC 7517, 5) of public keys that can verify: RSA from 2048 bits, P-256, P-384, P-521 and Ed25519.
 * Several keys need a `kid` each, so that a token names the one that made it.
 * @throws ConfigError CONFIG_INVALID
 */
export function parseKeySet(json: JsonValue, path: string): JSONWebKeySet {
  const keys = isJsonObject(json) ? json["keys"] : undefined;
  if (!Array.isArray(keys)) throw refused(path, 'it must be an object with a list "keys"');
  if (keys.length === 0 || keys.length > MAX_KEYS) throw refused(path, `it must hold 1 to ${MAX_KEYS} keys`);
  const members = (keys as readonly JsonValue[]).map((key, i) => checkKey(key, `keys[${i}]`, path));
  const names = members.map(({ kid }) => kid);
  if (members.length > 1 && (names.includes(undefined) || new Set(names).size < names.length)) {
    throw refused(path, "several keys need a kid each, and none twice");
  }
  return { keys: members };
}

type JsonWebKeyObject = JsonObject & { readonly kty: string };

function checkKey(value: JsonValue, at: string, path: string): JsonWebKeyObject {
  if (!isJsonObject(value)) throw refused(path, `${at} is no object`);
  const secret = SECRET_MEMBERS.find((name) => Object.hasOwn(value, name));
  if (secret !== undefined) throw refused(path, `${at} holds a secret ("${secret}"); give public keys only`);
  for (const name of ["kid", "alg", "use"]) {
    if (Object.hasOwn(value, name) && typeof value[name] !== "string") throw refused(path, `${at}.${name} is no text`);
  }
  if (value["use"] !== undefined && value["use"] !== "sig") throw refused(path, `${at} is not for signatures`);
  if (!canVerify(importKey(value, at, path))) {
    throw refused(path, `${at} is neither RSA of ${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 nor Ed25519`);
  }
  const { kty } = value;
  if (typeof kty !== "string") throw refused(path, `${at}.kty is no text`);
  return { ...value, kty };
}

function importKey(key: JsonObject, at: string, path: string): KeyObject {
  try {
    return createPublicKey({ key, format: "jwk" });
  } catch (cause) {
    throw refused(path, `${at} is no public key: ${messageOf(cause)}`, cause);
  }
}

function canVerify({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === "rsa") return (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  return asymmetricKeyType === "ec" ? CURVES.has(asymmetricKeyDetails?.namedCurve) : asymmetricKeyType === "ed25519";
}

function refused(path: string, reason: string, cause?: unknown): ConfigError {
  return new ConfigError("CONFIG_INVALID", `The key set ${path} cannot be used: ${reason}.`, { cause });
}
