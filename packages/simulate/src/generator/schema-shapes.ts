import type { JsonValue } from "@policy-pack/pack";
import { Dice } from "./dice.ts";
import { fromDecimal, neighboursOf, toDecimal } from "./decimal.ts";
import { parsePattern, UnsupportedPattern } from "./pattern.ts";
import type { Pattern } from "./pattern.ts";
import { samplePattern } from "./pattern-sample.ts";
import { acceptsNumber, acceptsText } from "./schema-accepts.ts";
import type { WrittenSchema } from "./schema-flatten.ts";
import { listOf, mapOf, numbersOf, refuseSchema, sizesOf } from "./schema-keywords.ts";
import type { SchemaPart } from "./schema-keywords.ts";
import type { ArrayShape, NumberShape, ObjectShape, SchemaMember, SchemaNode, TextShape } from "./schema-node.ts";

/** Compiles schemas that hold together; undefined where one is false. */
type Compile = (written: readonly WrittenSchema[]) => SchemaNode | undefined;

/** Tries to find a text with a pattern's and a length's demands before the schema is refused. */
const TRIES = 200;

export function objectShape(parts: readonly SchemaPart[], compile: Compile): ObjectShape {
  const properties = parts.map((part) => mapOf(part, "properties"));
  const required = new Set(parts.flatMap(requiredOf));
  const names = new Set([...properties.flatMap((map) => [...map.keys()]), ...required]);
  const schemasFor = (name: string): readonly WrittenSchema[] =>
    parts.map((part, index) => {
      const schema = properties[index]?.get(name);
      if (schema === undefined) return additionalOf(part);
      return { at: `${part.at}/properties/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, schema };
    });
  const members = [...names].flatMap((name): SchemaMember[] => {
    const node = compile(schemasFor(name));
    if (node !== undefined) return [{ name, node, required: required.has(name) }];
    return required.has(name)
      ? refuseSchema(parts[0]?.at ?? "#", `demands ${JSON.stringify(name)} and forbids it`)
      : [];
  });
  return { kind: "object", members, additional: compile(parts.map(additionalOf)) };
}

export function arrayShape(parts: readonly SchemaPart[], compile: Compile): ArrayShape {
  const at = parts[0]?.at ?? "#";
  const minItems = Math.max(0, ...sizesOf(parts, "minItems"));
  const maxItems = Math.min(Infinity, ...sizesOf(parts, "maxItems"));
  const items = compile(
    parts.map((part) => {
      const schema = part.keywords["items"] ?? true;
      return Array.isArray(schema)
        ? refuseSchema(`${part.at}/items`, "is a list, a schema for each place, which is not supported")
        : { at: `${part.at}/items`, schema };
    }),
  );
  const isUnique = parts.some(({ keywords }) => keywords["uniqueItems"] === true);
  if (items === undefined && minItems === 0)
    return { kind: "array", items: noItems(at), minItems, maxItems: 0, isUnique };
  if (items === undefined || minItems > maxItems) refuseSchema(at, "describes no list");
  return { kind: "array", items, minItems, maxItems, isUnique };
}

export function numberShape(parts: readonly SchemaPart[], isWhole: boolean): NumberShape {
  const shape: NumberShape = {
    kind: "number",
    isWhole,
    minimum: Math.max(-Infinity, ...numbersOf(parts, "minimum")),
    maximum: Math.min(Infinity, ...numbersOf(parts, "maximum")),
    exclusiveMinimum: Math.max(-Infinity, ...numbersOf(parts, "exclusiveMinimum")),
    exclusiveMaximum: Math.min(Infinity, ...numbersOf(parts, "exclusiveMaximum")),
    multiplesOf: numbersOf(parts, "multipleOf"),
  };
  const at = parts[0]?.at ?? "#";
  if (shape.multiplesOf.some((of) => of <= 0)) refuseSchema(`${at}/multipleOf`, "is not above 0");
  return edgesOf(shape).length > 0 ? shape : refuseSchema(at, "describes no number, or none that was found");
}

/** Numbers at the edges of what the bounds take: never empty for a shape that was made ready. */
export function edgesOf(shape: NumberShape): readonly number[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multiplesOf } = shape;
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].filter(Number.isFinite);
  const whole = bounds.flatMap((bound) => [Math.ceil(bound), Math.floor(bound)]);
  const steps = multiplesOf.flatMap((of) =>
    [0, ...bounds].flatMap((bound) => [-1, 0, 1].map((offset) => timesOf(of, Math.floor(bound / of) + offset))),
  );
  const candidates = [...bounds, ...whole, 0].flatMap(neighboursOf).concat(steps);
  return [...new Set(candidates)].filter((value) => Number.isFinite(value) && acceptsNumber(shape, value));
}

/** So many times the number, by its decimal digits. */
export function timesOf(of: number, times: number): number {
  const decimal = toDecimal(of);
  if (decimal === undefined || !Number.isSafeInteger(times)) return NaN;
  return fromDecimal({ units: decimal.units * BigInt(times), places: decimal.places });
}

export function textShape(parts: readonly SchemaPart[]): TextShape {
  const at = parts[0]?.at ?? "#";
  const shape: TextShape = {
    kind: "text",
    minLength: Math.max(0, ...sizesOf(parts, "minLength")),
    maxLength: Math.min(Infinity, ...sizesOf(parts, "maxLength")),
    patterns: parts.flatMap(patternOf),
    isDateTime: parts.some(({ keywords }) => keywords["format"] === "date-time"),
  };
  if (shape.minLength > shape.maxLength || shape.minLength > MAX_LENGTH)
    refuseSchema(at, "describes no text of its length");
  if (shape.patterns.length > 0 && sampleText(shape, new Dice(at), TRIES) === undefined) {
    refuseSchema(at, "describes no text, or none that was found, of its pattern and length");
  }
  return shape;
}

const MAX_LENGTH = 4_096;

/** A text of the shape's first pattern that all its demands take; undefined when so many tries find none. */
export function sampleText(shape: TextShape, dice: Dice, tries: number): string | undefined {
  const [first] = shape.patterns;
  for (let round = 0; round < tries && first !== undefined; round++) {
    const text = samplePattern(first, dice);
    if (acceptsText(shape, text)) return text;
  }
  return undefined;
}

function patternOf({ at, keywords }: SchemaPart): readonly Pattern[] {
  const source = keywords["pattern"];
  if (source === undefined) return [];
  if (typeof source !== "string") refuseSchema(`${at}/pattern`, "is no text");
  try {
    return [parsePattern(source)];
  } catch (thrown) {
    if (thrown instanceof UnsupportedPattern)
      refuseSchema(`${at}/pattern`, `holds ${thrown.message}, which is not supported`);
    throw thrown;
  }
}

function requiredOf(part: SchemaPart): readonly string[] {
  return (listOf(part, "required") ?? []).map((name) =>
    typeof name === "string" ? name : refuseSchema(`${part.at}/required`, "holds what is no name"),
  );
}

function additionalOf({ at, keywords }: SchemaPart): WrittenSchema {
  const schema: JsonValue = keywords["additionalProperties"] ?? true;
  return { at: `${at}/additionalProperties`, schema };
}

/** Of a list that must be empty. */
function noItems(at: string): SchemaNode {
  return { at, suggestions: [], shape: { kind: "any" }, height: 1, size: 1 };
}
