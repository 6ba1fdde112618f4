import { canonicalJson } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { SIMULATE_LIMITS } from "../limits.ts";
import { accepts } from "./schema-accepts.ts";
import { SchemaFile } from "./schema-flatten.ts";
import type { WrittenSchema } from "./schema-flatten.ts";
import { listOf, refuseSchema, typesOf, TYPES } from "./schema-keywords.ts";
import type { SchemaPart, SchemaType } from "./schema-keywords.ts";
import { measure } from "./schema-measure.ts";
import type { SchemaNode } from "./schema-node.ts";
import { arrayShape, numberShape, objectShape, textShape } from "./schema-shapes.ts";

/** Keywords that say what kind of value is meant where no type is named. */
const TELLING: readonly (readonly [SchemaType, readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties"]],
  ["array", ["items", "minItems", "maxItems", "uniqueItems"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
  ["string", ["minLength", "maxLength", "pattern", "format"]],
];

/**
 * Makes a schema ready to draw from: JSON Schema draft-07 to 2020-12 without the keywords that docs/simulation.md lists as
 * refused. `name` is the file's, for messages.
 * @throws ConfigError SOURCE_INVALID with the place of what is not supported, or of a schema that no value satisfies
 */
export function compileSchema(schema: JsonValue, name: string): SchemaNode {
  const compiler = new SchemaCompiler(new SchemaFile(schema, name));
  const root = compiler.compileRoot();
  measure(compiler.nodes);
  if (root.height === Infinity) refuseSchema(root.at, "describes no value that ends");
  if (root.height > MAX_HEIGHT || root.size > SIMULATE_LIMITS.maxInputValues) {
    refuseSchema(root.at, `demands at least ${root.size} values nested ${root.height} deep`);
  }
  return root;
}

/** Readers of JSON here take 64 levels. */
const MAX_HEIGHT = 60;
/** Schemas within schemas, references followed: what a reader's stack bears by far. */
const MAX_DEPTH = 200;

class SchemaCompiler {
  /** Parents before their children, circles apart. */
  readonly nodes: SchemaNode[] = [];
  readonly #file: SchemaFile;
  readonly #numbers = new Map<SchemaPart, number>();
  readonly #known = new Map<string, SchemaNode>();
  #depth = 0;

  constructor(file: SchemaFile) {
    this.#file = file;
  }

  compileRoot(): SchemaNode {
    return this.#compile([this.#file.root]) ?? refuseSchema(this.#file.root.at, "is false");
  }

  /** The node of all these schemas together; undefined where one is false. */
  #compile(written: readonly WrittenSchema[]): SchemaNode | undefined {
    const parts = this.#file.flatten(written);
    return parts === undefined ? undefined : this.#nodeOf(parts, written[0]?.at ?? "#");
  }

  #nodeOf(parts: readonly SchemaPart[], at: string): SchemaNode {
    const key = parts.map((part) => this.#numberOf(part)).join(",");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.nodes.length >= SIMULATE_LIMITS.maxSchemaNodes) {
      refuseSchema(at, `is the ${SIMULATE_LIMITS.maxSchemaNodes + 1}th schema of the file`);
    }
    const node = newNode(parts[0]?.at ?? at);
    this.nodes.push(node);
    this.#known.set(key, node);
    if (++this.#depth > MAX_DEPTH) refuseSchema(node.at, `stands within ${MAX_DEPTH} other schemas`);
    node.shape = this.#shapeOf(parts, node.at);
    this.#depth -= 1;
    node.suggestions = parts.flatMap(suggestionsOf).filter((value) => accepts(node, value));
    return node;
  }

  /** A part with a decided branch is a copy: it has a number of its own. */
  #numberOf(part: SchemaPart): number {
    const known = this.#numbers.get(part) ?? this.#numbers.size;
    this.#numbers.set(part, known);
    return known;
  }

  #shapeOf(parts: readonly SchemaPart[], at: string): SchemaNode["shape"] {
    const branching = parts.flatMap((part) => (part.isBranched ? [] : branchesOf(part)));
    const [branches, second] = branching;
    if (second !== undefined) refuseSchema(second.at, "is a second anyOf or oneOf at one place");
    if (branches !== undefined) return this.#choiceOf(parts, branches, at);
    const values = valuesOf(parts);
    if (values !== undefined) return this.#valuesShape(parts, values, at);
    const types = typesOf(parts) ?? told(parts);
    if (types === undefined) return { kind: "any" };
    const [only, other] = types;
    if (only === undefined) refuseSchema(`${at}/type`, "leaves no type");
    if (other === undefined) return this.#shapeOfType(only, parts);
    return { kind: "choice", branches: types.map((type) => this.#childOf(this.#shapeOfType(type, parts), at)) };
  }

  /** Each branch together with all that stands beside the keyword. */
  #choiceOf(parts: readonly SchemaPart[], { part, list, at: place }: Branches, at: string): SchemaNode["shape"] {
    const decided = parts.map((one) => (one === part ? this.#branched(one) : one));
    const branches = list.flatMap((schema, index) => {
      const branch = this.#file.flatten([{ at: `${place}/${index}`, schema }]);
      return branch === undefined ? [] : [this.#nodeOf([...new Set([...branch, ...decided])], at)];
    });
    return branches.length > 0 ? { kind: "choice", branches } : refuseSchema(place, "has no branch");
  }

  readonly #decided = new Map<SchemaPart, SchemaPart>();

  #branched(part: SchemaPart): SchemaPart {
    const known = this.#decided.get(part) ?? { ...part, isBranched: true };
    this.#decided.set(part, known);
    return known;
  }

  #childOf(shape: SchemaNode["shape"], at: string): SchemaNode {
    const node = { ...newNode(at), shape };
    this.nodes.push(node);
    return node;
  }

  #valuesShape(parts: readonly SchemaPart[], values: readonly JsonValue[], at: string): SchemaNode["shape"] {
    const bare = parts.map((part) => ({ ...part, keywords: withoutValues(part.keywords) }));
    const types = typesOf(parts) ?? told(parts) ?? TYPES;
    const shapes = types.map((type) => ({ ...newNode(at), shape: this.#shapeOfType(type, bare) }));
    const fitting = values.filter((value) => shapes.some((node) => accepts(node, value)));
    return fitting.length > 0 ? { kind: "values", values: fitting } : refuseSchema(at, "leaves no value of its enum");
  }

  #shapeOfType(type: SchemaType, parts: readonly SchemaPart[]): SchemaNode["shape"] {
    const compile = (written: readonly WrittenSchema[]): SchemaNode | undefined => this.#compile(written);
    if (type === "object") return objectShape(parts, compile);
    if (type === "array") return arrayShape(parts, compile);
    if (type === "string") return textShape(parts);
    if (type === "number" || type === "integer") return numberShape(parts, type === "integer");
    return { kind: type };
  }
}

function withoutValues(keywords: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(keywords).filter(([name]) => name !== "enum" && name !== "const"));
}

interface Branches {
  readonly at: string;
  readonly part: SchemaPart;
  readonly list: readonly JsonValue[];
}

function newNode(at: string): SchemaNode {
  return { at, suggestions: [], shape: { kind: "any" }, height: Infinity, size: Infinity };
}

function branchesOf(part: SchemaPart): readonly Branches[] {
  return ["anyOf", "oneOf"].flatMap((keyword) => {
    const list = listOf(part, keyword);
    return list === undefined ? [] : [{ at: `${part.at}/${keyword}`, part, list }];
  });
}

/** What all `enum` and `const` leave; undefined where there is none. */
function valuesOf(parts: readonly SchemaPart[]): readonly JsonValue[] | undefined {
  const lists = parts.flatMap((part) => {
    const constant = part.keywords["const"];
    const listed = listOf(part, "enum");
    return [...(constant === undefined ? [] : [[constant]]), ...(listed === undefined ? [] : [listed])];
  });
  const [first, ...others] = lists.map((list) => new Map(list.map((value) => [canonicalJson(value), value])));
  if (first === undefined) return undefined;
  return [...first].flatMap(([text, value]) => (others.every((other) => other.has(text)) ? [value] : []));
}

function told(parts: readonly SchemaPart[]): readonly SchemaType[] | undefined {
  const types = TELLING.filter(([, keywords]) =>
    parts.some((part) => keywords.some((keyword) => part.keywords[keyword] !== undefined)),
  );
  return types.length === 0 ? undefined : types.map(([type]) => type);
}

function suggestionsOf(part: SchemaPart): readonly JsonValue[] {
  const preset = part.keywords["default"];
  return [...(preset === undefined ? [] : [preset]), ...(listOf(part, "examples") ?? [])];
}
