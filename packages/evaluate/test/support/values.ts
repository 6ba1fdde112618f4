import type { Builtin, BuiltinContext } from "../../src/builtins/builtin.ts";
import { BuiltinError } from "../../src/builtins/builtin.ts";
import { isRegoArray, RegoDecimal, RegoObject, RegoSet } from "../../src/values/values.ts";
import type { RegoValue } from "../../src/values/values.ts";

/** A test's operand in Rego: a Set is a set, a whole number an integer, any other number its own text. */
export function toRego(value: unknown): RegoValue {
  if (value === null || typeof value === "boolean" || typeof value === "bigint" || typeof value === "string")
    return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : new RegoDecimal(String(value));
  if (value instanceof RegoDecimal || value instanceof RegoSet || value instanceof RegoObject) return value;
  if (Array.isArray(value)) return value.map(toRego);
  if (value instanceof Set) return new RegoSet([...value].map(toRego));
  if (typeof value !== "object") throw new TypeError("no Rego value");
  return new RegoObject(Object.entries(value as Record<string, unknown>).map(([key, item]) => [key, toRego(item)]));
}

/** What `json.marshal` of the value is in OPA: sets as arrays, numbers by their text, HTML escaped. */
export function toJsonText(value: RegoValue): string {
  if (typeof value === "string") return quoted(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value instanceof RegoSet) return toJsonText(value.members);
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, item]) => `${keyText(key)}:${toJsonText(item)}`).join(",")}}`;
  }
  return isRegoArray(value) ? `[${value.map(toJsonText).join(",")}]` : String(value);
}

function keyText(key: RegoValue): string {
  return typeof key === "string" ? quoted(key) : quoted(toJsonText(key));
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029\u007f]/g, (character) =>
    character === "\u007f" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A decision's context: time 0, random bytes that count up, nothing granted. */
export function testContext(parts: Partial<BuiltinContext> = {}): BuiltinContext {
  const answers = new Map<string, unknown>();
  let next = 0;
  return {
    now: () => 0n,
    randomBytes: (length) => Uint8Array.from({ length }, () => next++ % 256),
    once: <T>(key: string, make: () => T): T => {
      if (!answers.has(key)) answers.set(key, make());
      return answers.get(key) as T;
    },
    print: () => undefined,
    capabilities: {},
    ...parts,
  };
}

/** One call with operands as in `toRego`; undefined where the builtin reports an error. */
export function callBuiltin(builtin: Builtin | undefined, operands: readonly unknown[], context = testContext()) {
  if (builtin === undefined) throw new TypeError("no such builtin");
  try {
    return builtin(operands.map(toRego), context);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}
