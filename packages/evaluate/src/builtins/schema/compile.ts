import { BuiltinError } from "../builtin.ts";
import { Budget } from "./budget.ts";
import { isJsonObject } from "./document.ts";
import type { Json, JsonObject } from "./document.ts";
import { ANY_DRAFT, DRAFT_4, DRAFT_6 } from "./drafts.ts";
import { readArrayKeywords, readItems } from "./array-keywords.ts";
import { stringOf } from "./keyword.ts";
import type { SchemaReader } from "./keyword.ts";
import { readCombinations, readConditions, readConstants } from "./logic-keywords.ts";
import { readNumberKeywords } from "./number-keywords.ts";
import { readDefinitions, readObjectCounts, readProperties } from "./object-keywords.ts";
import { draftOf, SchemaPool } from "./pool.ts";
import { parseReference, referenceText } from "./reference.ts";
import { readLengths, readPattern } from "./string-keywords.ts";
import { newSubSchema } from "./sub-schema.ts";
import type { SubSchema } from "./sub-schema.ts";
import { readTypes } from "./type-keyword.ts";

/**
 * Reads a schema and everything that it refers to.
 *
 * @throws BuiltinError for what OPA's validator does not take as a schema, with its message where the text is a result;
 *   RangeError when reading takes too many steps
 */
export function compileSchema(document: Json): SubSchema {
  const compiler = new Compiler(document);
  return compiler.read(document, draftOf(document) ?? ANY_DRAFT);
}

class Compiler implements SchemaReader {
  readonly #pool = new SchemaPool();
  readonly #budget = new Budget();
  /** By reference, those too that are still being read: schemas refer to themselves. */
  readonly #referenced = new Map<string, SubSchema>();

  constructor(document: Json) {
    this.#pool.addRoot(document);
  }

  spend(steps: number): void {
    this.#budget.spend(steps);
  }

  read(document: Json, draft: number): SubSchema {
    const schema = newSubSchema(draft);
    this.#readInto(document, schema);
    return schema;
  }

  #readInto(document: Json, schema: SubSchema): void {
    this.#budget.spend(10);
    if (typeof document === "boolean" && schema.draft >= DRAFT_6) {
      schema.pass = document;
      return;
    }
    if (!isJsonObject(document)) throw new BuiltinError("Expected: Valid Schema, given: Invalid JSON");
    const id = stringOf(document, idKeyword(document, schema.draft));
    if (id !== undefined) parseReference(id);
    readDefinitions(this, document, schema);
    stringOf(document, "title");
    stringOf(document, "description");
    if (this.#readReference(document, schema)) return;
    readTypes(document, schema);
    readProperties(this, document, schema);
    readItems(this, document, schema);
    readNumberKeywords(document, schema);
    readLengths(document, schema);
    readPattern(this, document, schema);
    readObjectCounts(document, schema);
    readArrayKeywords(this, document, schema);
    readConstants(this, document, schema);
    readCombinations(this, document, schema);
    readConditions(this, document, schema);
  }

  /** True when the reference was met for the first time: what stands beside it is then not even looked at. */
  #readReference(document: JsonObject, schema: SubSchema): boolean {
    const text = stringOf(document, "$ref");
    if (text === undefined) return false;
    const reference = referenceText(parseReference(this.#pool.referenceOf(document, text)));
    const known = this.#referenced.get(reference);
    if (known !== undefined) {
      schema.referenced = known;
      return false;
    }
    const target = newSubSchema(schema.draft);
    this.#referenced.set(reference, target);
    const found = this.#pool.find(reference);
    if (found.draft !== undefined) target.draft = found.draft;
    if (typeof found.document !== "boolean" && !isJsonObject(found.document)) {
      throw new BuiltinError("Valid Schema must be of type object");
    }
    this.#readInto(found.document, target);
    schema.referenced = target;
    return true;
  }
}

/** Draft 6 renamed `id`. */
function idKeyword(document: JsonObject, draft: number): string {
  return draft === DRAFT_4 || (draft === ANY_DRAFT && document.has("id")) ? "id" : "$id";
}
