import { BuiltinError } from "../builtin.ts";
import { compilePattern } from "../regex/pattern.ts";
import type { Pattern } from "../regex/pattern.ts";
import type { JsonObject } from "./document.ts";
import { FORMATS } from "./formats.ts";
import { countOf, stringOf } from "./keyword.ts";
import type { SchemaReader } from "./keyword.ts";
import type { SubSchema } from "./sub-schema.ts";

/** Compiling is most of what a pattern costs, also an empty one. */
export function patternSteps(text: string): number {
  return 3000 + text.length;
}

export function readLengths(document: JsonObject, schema: SubSchema): void {
  const minimum = countOf(document, "minLength");
  const maximum = countOf(document, "maxLength");
  if (minimum !== undefined) schema.minLength = minimum;
  if (maximum !== undefined) schema.maxLength = maximum;
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    throw new BuiltinError("minLength cannot be greater than maxLength");
  }
}

export function readPattern(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const text = stringOf(document, "pattern");
  if (text !== undefined) {
    reader.spend(patternSteps(text));
    schema.pattern = { text, pattern: compileValue(text) };
  }
  const name = stringOf(document, "format");
  const check = name === undefined ? undefined : FORMATS.get(name);
  if (name !== undefined && check !== undefined) schema.format = { name, check };
}

function compileValue(text: string): Pattern {
  try {
    return compilePattern(text);
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    throw new BuiltinError("pattern must be a valid regex", { cause: thrown });
  }
}
