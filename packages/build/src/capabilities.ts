import { digestOf, isJsonObject, parseJson } from "@policy-pack/pack";
import type { Digest, JsonObject, JsonValue } from "@policy-pack/pack";
import { BUILD_LIMITS } from "./limits.ts";
import { failed } from "./opa-run.ts";

/** What an OPA can do, as far as it decides what a policy means. */
export interface Capabilities {
  /** Over the builtins' names and signatures: other fields depend on how OPA was built. */
  readonly digest: Digest;
  /** The same capabilities with no host to reach: checking and testing a policy stays off the network. */
  readonly offline: string;
  /** As `offline`, without the builtins that no host of a module can have. */
  readonly compilable: string;
}

/** Builtins that need a whole OPA: no host has them, and a module that calls them would not load. */
export const UNCOMPILABLE_BUILTINS: readonly string[] = Object.freeze(["rego.parse_module"]);

/**
 * Reads what `opa capabilities --current` prints.
 * @throws ConfigError TOOL_FAILED
 */
export function parseCapabilities(text: string): Capabilities {
  const { maxCapabilitiesBytes: maxBytes } = BUILD_LIMITS;
  const value = parseJson(text, { maxBytes, code: "TOOL_FAILED", what: "What opa capabilities printed" });
  const builtins = isJsonObject(value) ? value["builtins"] : undefined;
  if (!isJsonObject(value) || !Array.isArray(builtins)) throw failed(["capabilities"], "printed no builtins");
  const signatures = (builtins as readonly JsonValue[]).map(toSignature).sort(byName);
  return {
    digest: digestOf(Buffer.from(JSON.stringify(sortKeys(signatures)))),
    offline: JSON.stringify({ ...value, allow_net: [] }),
    compilable: JSON.stringify({ ...value, builtins: withoutUncompilable(builtins), allow_net: [] }),
  };
}

function withoutUncompilable(builtins: readonly JsonValue[]): readonly JsonValue[] {
  return builtins.filter((builtin) => !UNCOMPILABLE_BUILTINS.includes(toSignature(builtin).name));
}

function toSignature(builtin: JsonValue): { readonly name: string; readonly decl: JsonValue } {
  const { name, decl } = isJsonObject(builtin) ? builtin : ({} as JsonObject);
  if (typeof name !== "string" || decl === undefined)
    throw failed(["capabilities"], "printed a builtin without a name");
  return { name, decl };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return Buffer.compare(Buffer.from(left.name), Buffer.from(right.name));
}

function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sortKeys);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}
