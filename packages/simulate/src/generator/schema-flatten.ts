import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { checkKeywords, listOf, refuseSchema } from "./schema-keywords.ts";
import type { SchemaPart } from "./schema-keywords.ts";

/** Schemas that hold at one place together. */
const MAX_PARTS = 64;

/** A schema as it is written, with where. */
export interface WrittenSchema {
  readonly at: string;
  readonly schema: JsonValue;
}

/** Reads one schema file: follows its references and joins what holds together. */
export class SchemaFile {
  readonly #root: JsonValue;
  readonly #name: string;
  /** One part for each schema object, so that a circle of references ends. */
  readonly #parts = new Map<JsonObject, SchemaPart>();

  constructor(root: JsonValue, name: string) {
    this.#root = root;
    this.#name = name;
  }

  get root(): WrittenSchema {
    return { at: `${this.#name}#`, schema: this.#root };
  }

  /**
   * The schemas that an instance of all of these must satisfy, `$ref` and `allOf` followed, each once; undefined where
   * one of them is false.
   */
  flatten(written: readonly WrittenSchema[]): readonly SchemaPart[] | undefined {
    const parts = new Set<SchemaPart>();
    const pending = written.toReversed();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { at, schema } = next;
      if (schema === true) continue;
      if (schema === false) return undefined;
      if (!isJsonObject(schema)) refuseSchema(at, "is no schema");
      const part = this.#partOf(at, schema);
      if (parts.has(part)) continue;
      parts.add(part);
      if (parts.size > MAX_PARTS) refuseSchema(at, `is the ${MAX_PARTS + 1}th schema that holds at one place`);
      pending.push(...this.#joined(part));
    }
    return [...parts];
  }

  #partOf(at: string, schema: JsonObject): SchemaPart {
    const known = this.#parts.get(schema);
    if (known !== undefined) return known;
    checkKeywords(at, schema);
    const part = { at, keywords: schema, isBranched: false };
    this.#parts.set(schema, part);
    return part;
  }

  /** What holds beside the part by its `$ref` or `allOf`. */
  #joined(part: SchemaPart): readonly WrittenSchema[] {
    const { at, keywords } = part;
    const { $ref } = keywords as { readonly $ref?: JsonValue };
    if ($ref !== undefined) return [this.#resolve(`${at}/$ref`, $ref)];
    const all = listOf(part, "allOf") ?? [];
    return all.map((schema, index) => ({ at: `${at}/allOf/${index}`, schema }));
  }

  /** What a reference leads to in the end; references that only lead to each other lead nowhere. */
  #resolve(at: string, reference: JsonValue): WrittenSchema {
    let found = this.#lookUp(at, reference);
    for (let steps = 0; isJsonObject(found.schema) && found.schema["$ref"] !== undefined; steps++) {
      if (steps === MAX_PARTS) refuseSchema(at, "leads through a circle of references");
      checkKeywords(found.at, found.schema);
      found = this.#lookUp(`${found.at}/$ref`, found.schema["$ref"]);
    }
    return found;
  }

  /** A JSON pointer within this file (RFC 6901, section 6). */
  #lookUp(at: string, reference: JsonValue): WrittenSchema {
    if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference)) {
      refuseSchema(at, "points outside this file; write #/definitions/...");
    }
    let schema: JsonValue | undefined = this.#root;
    for (const step of reference.split("/").slice(1)) schema = memberOf(schema, nameOf(at, step));
    return schema === undefined
      ? refuseSchema(at, `points to ${reference.slice(0, 200)}, which is not there`)
      : { at: `${this.#name}${reference}`, schema };
  }
}

function nameOf(at: string, step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return refuseSchema(at, "is no JSON pointer");
  }
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return /^[0-9]+$/.test(name) ? (value as readonly JsonValue[])[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
