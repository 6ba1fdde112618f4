import { isRegoArray, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { decodeBase64Url } from "../encoding/go-base64.ts";
import { parseJsonValue } from "../encoding/go-json-parse.ts";
import { textOf } from "../encoding/go-text.ts";

/** The three parts of a compact serialization, still encoded. RFC 7515, section 7.1. */
export interface Token {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  /** What is signed. */
  readonly signed: Buffer;
}

/** @throws BuiltinError for other than three parts: encrypted tokens have five */
export function splitToken(value: RegoValue | undefined): Token {
  if (typeof value !== "string") throw new BuiltinError("operand 1 must be string");
  const [header, payload, signature, ...rest] = value.split(".", 4);
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    throw new BuiltinError("encoded JWT must have 3 sections");
  }
  return { header, payload, signature, signed: Buffer.from(`${header}.${payload}`, "utf8") };
}

/**
 * @throws BuiltinError for what is no JSON object, or the header of an encrypted token
 * @see RFC 7516, section 9
 */
export function decodeHeader({ header }: Token): RegoObject {
  const decoded = decodeObject(textOf(decodeBase64Url(header)));
  if (memberOf(decoded, "enc") !== undefined) throw new BuiltinError("JWT is a JWE object, which is not supported");
  return decoded;
}

export function decodePayload({ payload }: Token): string {
  return textOf(decodeBase64Url(payload));
}

export function decodeSignature({ signature }: Token): Buffer {
  return decodeBase64Url(signature);
}

export function decodeObject(text: string): RegoObject {
  const value = parseJsonValue(text);
  if (!(value instanceof RegoObject)) throw new BuiltinError("decoded JSON type was not an Object");
  return value;
}

export function memberOf({ entries }: RegoObject, name: string): RegoValue | undefined {
  return entries.find(([key]) => key === name)?.[1];
}

/** What verifying needs to know of a header. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string;
  readonly cty: string;
  /** Whether it names an algorithm, and nothing critical that is not known. */
  readonly isValid: boolean;
}

const KNOWN = ["alg", "cty", "crit", "kid", "typ"];

/**
 * @throws BuiltinError for members of another type
 * @see RFC 7515, section 4.1
 */
export function readHeader(header: RegoObject): TokenHeader {
  const text = (name: string): string => {
    const value = memberOf(header, name);
    if (value === undefined) return "";
    if (typeof value !== "string") throw new BuiltinError(`${name}: must be a string`);
    return value;
  };
  text("typ");
  const critical = readCritical(memberOf(header, "crit"));
  const present = new Set(header.entries.map(([name]) => name));
  const isUnderstood = critical.every((name) => KNOWN.includes(name) || !present.has(name));
  const alg = text("alg");
  return { alg, kid: text("kid"), cty: text("cty"), isValid: alg !== "" && isUnderstood };
}

/** The names up to the first member that is no string. */
function readCritical(value: RegoValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!isRegoArray(value)) throw new BuiltinError("crit: must be a list");
  const end = value.findIndex((item) => typeof item !== "string");
  const names = (end === -1 ? value : value.slice(0, end)).filter((item) => typeof item === "string");
  if (names.length === 0) throw new BuiltinError("crit: must be a nonempty list");
  return names;
}
