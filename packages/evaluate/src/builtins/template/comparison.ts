import { BuiltinError } from "../builtin.ts";
import { GoByte, stringKind, typeName } from "./values.ts";
import type { GoValue } from "./values.ts";

/** Values of one kind compare by their keys; an int and a uint8 do too. */
interface Basic {
  readonly kind: "bool" | "integer" | "float" | "string" | "none";
  readonly key: boolean | bigint | number | string;
}

const NONE: Basic = { kind: "none", key: false };

function basicOf(value: GoValue): Basic {
  const text = stringKind(value);
  if (text !== undefined) return { kind: "string", key: text };
  if (typeof value === "boolean") return { kind: "bool", key: value };
  if (typeof value === "bigint") return { kind: "integer", key: value };
  if (value instanceof GoByte) return { kind: "integer", key: value.value };
  return typeof value === "number" ? { kind: "float", key: value } : NONE;
}

/** Whether the first value equals one of the others. */
export function isEqual(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new BuiltinError("missing argument for comparison");
  return others.some((other) => isPairEqual(first, other));
}

function isPairEqual(left: GoValue, right: GoValue): boolean {
  const [a, b] = [basicOf(left), basicOf(right)];
  const hasNil = isNil(left) || isNil(right);
  if (a.kind !== b.kind) {
    if (!hasNil) throw incompatible(left, right);
    return false;
  }
  if (a.kind !== "none") return a.key === b.key;
  if (!hasNil) throw new BuiltinError(`non-comparable type ${typeName(right)}`);
  return isNil(left) && isNil(right);
}

function isNil(value: GoValue): boolean {
  return value === undefined || value === null;
}

function incompatible(left: GoValue, right: GoValue): BuiltinError {
  return new BuiltinError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
}

export function isLess(left: GoValue, right: GoValue): boolean {
  const [a, b] = [basicOf(left), basicOf(right)];
  if (a.kind === "none" || b.kind === "none") throw new BuiltinError("invalid type for comparison");
  if (a.kind !== b.kind) throw incompatible(left, right);
  if (a.kind === "bool") throw new BuiltinError("invalid type for comparison");
  if (typeof a.key === "string") return Buffer.compare(Buffer.from(a.key), Buffer.from(String(b.key))) < 0;
  return a.key < b.key;
}

export function isLessOrEqual(left: GoValue, right: GoValue): boolean {
  return isLess(left, right) || isPairEqual(left, right);
}
