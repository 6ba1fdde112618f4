import { BuiltinError } from "../builtin.ts";
import type { GoUrl } from "../uri/url.ts";
import { isJsonArray, isJsonObject, readDocument } from "./document.ts";
import type { Json, JsonObject } from "./document.ts";
import { META_SCHEMAS } from "./meta-schemas.ts";
import { parseReference, referenceText, resolveReference } from "./reference.ts";

export interface PooledDocument {
  readonly document: Json;
  /** Undefined when the document does not say. */
  readonly draft: number | undefined;
}

const NO_REFERENCE = parseReference("");
/** Instances of these are values or names, not schemas. */
const LITERALS = new Set(["const", "enum"]);
const NAMED_SCHEMAS = new Set(["dependencies", "patternProperties", "properties"]);

/** The documents that references can reach: those of the schema itself, and the meta-schemas. Nothing is ever fetched. */
export class SchemaPool {
  readonly #documents = new Map<string, PooledDocument>();
  /** Each schema's `$ref`, absolute. */
  readonly #references = new WeakMap<JsonObject, string>();

  /** @throws BuiltinError for two documents of one name, and for a `$schema` that is none */
  addRoot(document: Json): void {
    this.#add(document, NO_REFERENCE);
  }

  /** The absolute form of a schema's `$ref`, or the text as it stands where it is no reference. */
  referenceOf(schema: JsonObject, text: string): string {
    return this.#references.get(schema) ?? text;
  }

  /** @throws BuiltinError when the reference leads nowhere, or out of what is here */
  find(reference: string): PooledDocument {
    const known = this.#documents.get(reference);
    if (known !== undefined) return known;
    const url = parseReference(reference);
    const base: GoUrl = { ...url, fragment: "" };
    const root = this.#documents.get(referenceText(base)) ?? this.#addMetaSchema(url, base);
    const found = { document: followPointer(root.document, url.fragment), draft: root.draft };
    this.#documents.set(reference, found);
    return found;
  }

  #addMetaSchema(url: GoUrl, base: GoUrl): PooledDocument {
    const isCanonical = url.scheme === "file" ? url.path.startsWith("/") : url.scheme !== "" && url.host !== "";
    if (!isCanonical) throw new BuiltinError(`Reference ${referenceText(url)} must be canonical`);
    const metaSchema = META_SCHEMAS.get(referenceText(base));
    if (metaSchema === undefined) throw new BuiltinError(`remote reference loading disabled: ${referenceText(url)}`);
    const document = readDocument(metaSchema.text);
    this.#add(document, base);
    return { document, draft: metaSchema.draft };
  }

  #add(document: Json, base: GoUrl): void {
    const name = referenceText(base);
    if (this.#documents.has(name)) throw duplicate(name);
    const draft = draftOf(document);
    this.#collect(document, base, draft);
    this.#documents.set(name, { document, draft });
  }

  #collect(value: Json, base: GoUrl, draft: number | undefined): void {
    if (isJsonArray(value)) {
      for (const item of value) this.#collect(item, base, draft);
    }
    if (!isJsonObject(value)) return;
    const scope = this.#enterScope(value, base, draft);
    const reference = resolveText(scope, value.get("$ref"));
    if (reference !== undefined) this.#references.set(value, referenceText(reference));
    for (const [key, item] of value) {
      if (LITERALS.has(key)) continue;
      if (!NAMED_SCHEMAS.has(key)) this.#collect(item, scope, draft);
      else if (isJsonObject(item)) for (const schema of item.values()) this.#collect(schema, scope, draft);
    }
  }

  #enterScope(value: JsonObject, base: GoUrl, draft: number | undefined): GoUrl {
    const scope = resolveText(base, value.get(value.has("id") ? "id" : "$id"));
    if (scope === undefined) return base;
    const name = referenceText(scope);
    if (this.#documents.has(name)) throw duplicate(name);
    this.#documents.set(name, { document: value, draft });
    return scope;
  }
}

function duplicate(name: string): BuiltinError {
  return new BuiltinError(`Reference already exists: "${name}"`);
}

/** Undefined for what is no reference: reading the schema reports it. */
function resolveText(base: GoUrl, text: Json | undefined): GoUrl | undefined {
  if (typeof text !== "string") return undefined;
  try {
    return parseReference(referenceText(resolveReference({ ...base, fragment: "" }, parseReference(text))));
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}

/**
 * The draft that `$schema` names; undefined when it names none that is known.
 *
 * @throws BuiltinError for what cannot be a schema
 */
export function draftOf(document: Json): number | undefined {
  if (typeof document === "boolean") return undefined;
  if (!isJsonObject(document)) throw new BuiltinError("schema is invalid");
  const name = document.get("$schema");
  if (name === undefined) return undefined;
  if (typeof name !== "string") throw new BuiltinError("$schema must be of type string");
  return META_SCHEMAS.get(referenceText(parseReference(name)))?.draft;
}

/** RFC 6901, with indexes as Go's Atoi reads them. What starts with no slash is the whole document, as in gojsonreference. */
function followPointer(document: Json, pointer: string): Json {
  if (!pointer.startsWith("/")) return document;
  return pointer
    .slice(1)
    .split("/")
    .reduce((value: Json, token) => step(value, token), document);
}

function step(value: Json, token: string): Json {
  if (isJsonObject(value)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    const member = value.get(key);
    if (member === undefined) throw new BuiltinError(`Object has no key '${key}'`);
    return member;
  }
  if (!isJsonArray(value)) throw new BuiltinError(`Invalid token reference '${token}'`);
  if (!/^[+-]?[0-9]{1,18}$/.test(token)) throw new BuiltinError(`Invalid array index '${token}'`);
  const item = value[Number(token)];
  if (item === undefined) {
    throw new BuiltinError(`Out of bound array[0,${value.length}] index '${Number(token)}'`);
  }
  return item;
}
