import { isRegoArray } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { decodeAnyBase64, decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { WrittenObject } from "../encoding/go-json-parse.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { isKeyAlgorithm } from "./algorithms.ts";

export type JwkType = "RSA" | "EC" | "OKP" | "oct";

/** A key whose members have been read and fit its type. */
export interface Jwk {
  readonly type: JwkType;
  readonly isPrivate: boolean;
  readonly alg: string | undefined;
  readonly kid: string;
  readonly crv: string;
  /** The members that are octets in base64url. */
  readonly octets: ReadonlyMap<string, Buffer>;
}

interface Draft {
  alg: string | undefined;
  kid: string;
  crv: string;
  readonly octets: Map<string, Buffer>;
}

type MemberReader = (draft: Draft, value: RegoValue, name: string) => void;

const OCTETS: Readonly<Record<JwkType, readonly string[]>> = {
  RSA: ["n", "e"],
  EC: ["x", "y"],
  OKP: ["x"],
  oct: ["k"],
};
const PRIVATE_OCTETS: Readonly<Record<JwkType, readonly string[]>> = {
  RSA: ["n", "e", "d", "p", "q", "dp", "dq", "qi"],
  EC: ["x", "y", "d"],
  OKP: ["x", "d"],
  oct: ["k"],
};
const CURVES = ["Ed25519", "Ed448", "P-256", "P-384", "P-521", "X25519", "X448"];
const MAX_CERTIFICATES = 10;
const MAX_CERTIFICATE_BYTES = 256 * 1024;

const COMMON: Readonly<Record<string, MemberReader>> = {
  alg: (draft, value) => {
    draft.alg = stringOf(value);
    if (!isKeyAlgorithm(draft.alg)) throw bad("alg");
  },
  kid: (draft, value) => {
    draft.kid = stringOf(value);
  },
  key_ops: (_draft, value) => {
    if (value !== null && !isRegoArray(value)) throw bad("key_ops");
    value?.forEach(stringOf);
  },
  use: (_draft, value) => void stringOf(value),
  x5c: (_draft, value) => {
    checkChain(value);
  },
  x5t: (_draft, value) => void stringOf(value),
  "x5t#S256": (_draft, value) => void stringOf(value),
  x5u: (_draft, value) => void stringOf(value),
};

/**
 * Reads a key as the library does that OPA uses: of members with one name the last counts, members that are not known do
 * not, and null is the empty string.
 *
 * @throws BuiltinError for members of another type, and for a kind of key that there is not
 * @see RFC 7517, section 4, and RFC 7518, section 6
 */
export function readJwk(value: RegoValue): Jwk {
  if (!(value instanceof WrittenObject)) throw new BuiltinError("jwk: a key is no object");
  const { type, isPrivate } = kindOf(value);
  const names = (isPrivate ? PRIVATE_OCTETS : OCTETS)[type];
  const draft: Draft = { alg: undefined, kid: "", crv: "", octets: new Map() };
  for (const [name, member] of value.members) {
    if (name === "kty" && stringOf(member) !== type) throw bad("kty");
    else if (name === "crv" && (type === "EC" || type === "OKP")) draft.crv = curveNameOf(member);
    else if (names.includes(name)) draft.octets.set(name, decodeAnyBase64(stringOf(member)));
    else if (Object.hasOwn(COMMON, name)) COMMON[name]?.(draft, member, name);
  }
  return { type, isPrivate, ...draft };
}

/** What kind of key it is shows in two members, whose names may here be in capitals. */
function kindOf({ members }: WrittenObject): { type: JwkType; isPrivate: boolean } {
  let [type, isPrivate] = ["", false];
  for (const [name, value] of members) {
    const folded = name.toLowerCase();
    if (folded === "kty" && value !== null) type = stringOf(value);
    if (folded === "d") isPrivate = true;
  }
  if (type !== "RSA" && type !== "EC" && type !== "OKP" && type !== "oct") throw bad("kty");
  return { type, isPrivate };
}

function curveNameOf(value: RegoValue): string {
  const name = stringOf(value);
  if (!CURVES.includes(name)) throw bad("crv");
  return name;
}

function stringOf(value: RegoValue): string {
  if (value === null) return "";
  if (typeof value !== "string") throw new BuiltinError("jwk: a member is no string");
  return value;
}

/** Certificates are only read, nothing is made of them. */
function checkChain(value: RegoValue): void {
  if (!isRegoArray(value) || value.length > MAX_CERTIFICATES) throw bad("x5c");
  for (const item of value) {
    const text = stringOf(item).replace(/[ \t\r\n\v\f]/g, "");
    if ((text.length / 4) * 3 > MAX_CERTIFICATE_BYTES + 2) throw bad("x5c");
    parseCertificate(decodeBase64(text, STANDARD_BASE64));
  }
}

function bad(name: string): BuiltinError {
  return new BuiltinError(`jwk: the member ${name} is missing or malformed`);
}
