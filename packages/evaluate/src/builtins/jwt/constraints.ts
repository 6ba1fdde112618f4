import { RegoDecimal, toDouble } from "../../values/values.ts";
import type { RegoObject, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext } from "../builtin.ts";
import { keysIn } from "./key-cache.ts";
import type { VerificationKey } from "./keys.ts";

/** What a token must be. "" stands for no demand, but an audience that a token names must then be "". */
export interface Constraints {
  /** Either keys or a secret. */
  readonly trusted: readonly VerificationKey[] | string;
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** Nanoseconds since 1970, as the double that OPA counts in. */
  readonly time: number;
}

const TEXTS = ["secret", "alg", "iss", "aud"] as const;

/**
 * @throws BuiltinError for constraints that there are not, or of another type, for keys that do not parse, and unless there
 *   is exactly one of `cert` and `secret`
 */
export function readConstraints(constraints: RegoObject, context: BuiltinContext): Constraints {
  const texts = { secret: "", alg: "", iss: "", aud: "" };
  let keys: readonly VerificationKey[] | undefined;
  let time: number | undefined;
  for (const [name, value] of constraints.entries) {
    const known = TEXTS.find((text) => text === name);
    if (known !== undefined) texts[known] = textOf(known, value);
    else if (name === "cert") keys = keysIn(context, textOf(name, value));
    else if (name === "time") time = timeOf(value);
    else throw new BuiltinError("unknown token validation constraint");
  }
  const { secret, ...demands } = texts;
  if (keys !== undefined && secret !== "") throw new BuiltinError("duplicate key constraints");
  if (keys === undefined && secret === "") throw new BuiltinError("no key constraint");
  return { trusted: keys ?? secret, ...demands, time: time ?? timeOf(context.now()) };
}

function textOf(name: string, value: RegoValue): string {
  if (typeof value !== "string") throw new BuiltinError(`${name} constraint: must be a string`);
  return value;
}

function timeOf(value: RegoValue): number {
  if (typeof value !== "bigint" && !(value instanceof RegoDecimal)) {
    throw new BuiltinError("token time constraint: must be a number");
  }
  const time = toDouble(value);
  if (!Number.isFinite(time) || time < 0) throw new BuiltinError("token time constraint: out of range");
  return time;
}
