import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { memberOf } from "./pack-config.ts";

/** What a policy is asked about, and what its schema demands that is not there. */
export interface PolicyInput {
  readonly input: JsonObject;
  /** Dotted paths such as `cost.graphqlPerMillionUsd`, in the schema's order. */
  readonly missing: readonly string[];
}

/**
 * Takes from what is known exactly what the input schema names, so that the policy sees its own input and nothing
 * besides: of objects the listed properties, everything else as it is. That values are of the schema's types is the
 * policy's to judge.
 */
export function toPolicyInput(schema: JsonObject, known: JsonObject): PolicyInput {
  const missing: string[] = [];
  const input = project(schema, known, "", missing);
  return { input: isJsonObject(input) ? input : {}, missing };
}

function project(schema: JsonValue | undefined, value: JsonValue, path: string, missing: string[]): JsonValue {
  const properties = memberOf(schema, "properties");
  if (!isJsonObject(properties) || !isJsonObject(value)) return value;
  const kept: [string, JsonValue][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const found = memberOf(value, name);
    if (found !== undefined) kept.push([name, project(property, found, `${path}${name}.`, missing)]);
  }
  missing.push(
    ...requiredOf(schema)
      .filter((name) => memberOf(value, name) === undefined)
      .flatMap(leaves),
  );
  return Object.fromEntries(kept);

  /** Of an object that is missing whole, what it would have to hold is what is missing. */
  function leaves(name: string): readonly string[] {
    return leavesOf(memberOf(properties, name), `${path}${name}`);
  }
}

function leavesOf(schema: JsonValue | undefined, path: string): readonly string[] {
  const required = requiredOf(schema);
  if (required.length === 0) return [path];
  return required.flatMap((name) => leavesOf(memberOf(memberOf(schema, "properties"), name), `${path}.${name}`));
}

function requiredOf(schema: JsonValue | undefined): readonly string[] {
  const required = memberOf(schema, "required");
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}
