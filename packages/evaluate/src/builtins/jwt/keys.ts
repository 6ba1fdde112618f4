import { isRegoArray } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { parseJsonPrefix, WrittenObject } from "../encoding/go-json-parse.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { PemReader } from "../x509/pem.ts";
import { parsePublicKeyInfo } from "../x509/public-key.ts";
import { schemeOf } from "./algorithms.ts";
import { checkJwk, keyMaterialOf } from "./jwk-key.ts";
import type { KeyMaterial } from "./jwk-key.ts";
import { readJwk } from "./jwk.ts";
import type { Jwk } from "./jwk.ts";
import { hasMember, readLenientObject } from "./lenient-object.ts";

export interface VerificationKey {
  /** "" for any, as for keys in PEM. */
  readonly alg: string;
  readonly kid: string;
  /** Undefined for a certificate whose kind of key is not known. */
  readonly material: KeyMaterial | undefined;
  readonly isPrivate: boolean;
}

const MAX_KEYS = 1000;

/**
 * The keys in a certificate or public key as PEM, in a JSON Web Key or in a set of them.
 *
 * @throws BuiltinError when any of them cannot be read
 */
export function readVerificationKeys(text: string): readonly VerificationKey[] {
  const reader = new PemReader(text);
  const block = reader.next();
  if (block === undefined) return readKeySet(text).flatMap(verificationKeyOf);
  if (!reader.isEmpty) throw new BuiltinError("extra data after a PEM certificate block");
  return [{ alg: "", kid: "", material: materialIn(block.type, block.bytes), isPrivate: false }];
}

function materialIn(type: string, bytes: Buffer): KeyMaterial | undefined {
  if (type === "CERTIFICATE") return parseCertificate(bytes).subjectKey.key;
  if (type === "PUBLIC KEY") return parsePublicKeyInfo(bytes);
  throw new BuiltinError("failed to extract a Key from the PEM certificate");
}

/** Keys for what OPA does not verify are left out, after they were read. */
function verificationKeyOf(key: Jwk): VerificationKey[] {
  const material = keyMaterialOf(key);
  if (key.alg !== undefined && schemeOf(key.alg) === undefined) return [];
  return [{ alg: key.alg ?? "", kid: key.kid, material, isPrivate: key.isPrivate }];
}

/** The keys of a set, or the one key. What stands behind a single key is not looked at. */
export function readKeySet(text: string): Jwk[] {
  const value = parseJsonPrefix(text);
  const members = readLenientObject(text);
  const isSet = members !== undefined && hasMember(members, "keys");
  if (!isSet || !(value instanceof WrittenObject)) return [readKey(value)];
  return value.members.flatMap(([name, keys]) => {
    if (name !== "keys") return [];
    if (!isRegoArray(keys) || keys.length > MAX_KEYS) throw new BuiltinError("jwk: keys is no array, or too long");
    return keys.map(readKey);
  });
}

function readKey(value: RegoValue): Jwk {
  const key = readJwk(value);
  checkJwk(key);
  return key;
}
