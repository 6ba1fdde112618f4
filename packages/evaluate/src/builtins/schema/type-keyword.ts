import { BuiltinError } from "../builtin.ts";
import { isJsonArray } from "./document.ts";
import type { Json, JsonObject } from "./document.ts";
import { invalidType } from "./keyword.ts";
import type { SubSchema } from "./sub-schema.ts";

const TYPES: readonly string[] = ["array", "boolean", "integer", "number", "null", "object", "string"];

export function readTypes(document: JsonObject, schema: SubSchema): void {
  const value = document.get("type");
  if (value === undefined) return;
  const names = isJsonArray(value) ? value : [value];
  const types: string[] = [];
  for (const name of names) types.push(typeName(name, types));
  schema.types = types;
}

function typeName(name: Json, types: readonly string[]): string {
  if (typeof name !== "string") throw invalidType("type", "string/Array Of Strings");
  if (!TYPES.includes(name)) {
    throw new BuiltinError(
      `has a primitive type that is NOT VALID -- given: /${name}/ Expected valid values are:[${TYPES.join(" ")}]`,
    );
  }
  if (types.includes(name)) throw new BuiltinError(`${name} type is duplicated`);
  return name;
}
