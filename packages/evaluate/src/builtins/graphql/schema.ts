import { BuiltinError } from "../builtin.ts";
import type { Definition, DirectiveDefinition, FieldDefinition, SchemaDefinition, SchemaDocument } from "./ast.ts";
import { PRELUDE } from "./prelude.ts";
import { checkDefinition, checkDirectiveDefinition, checkDirectives } from "./schema-check.ts";
import { parseSchema } from "./schema-parser.ts";

/** A type with its extensions in it. */
export type SchemaType = Definition;

/** A schema that holds together: what queries are checked against. */
export interface Schema {
  readonly types: ReadonlyMap<string, SchemaType>;
  readonly directives: ReadonlyMap<string, DirectiveDefinition>;
  /** Objects by the names of themselves, and of the interfaces and unions that they belong to. */
  readonly possibleTypes: ReadonlyMap<string, ReadonlySet<string>>;
  /** By operation. */
  readonly roots: ReadonlyMap<string, SchemaType>;
  /** Members by name, of those that have many. */
  readonly fieldsOf: (type: SchemaType) => ReadonlyMap<string, FieldDefinition>;
}

interface Draft {
  readonly types: Map<string, SchemaType>;
  readonly directives: Map<string, DirectiveDefinition>;
  readonly possibleTypes: Map<string, Set<string>>;
  readonly roots: Map<string, SchemaType>;
  readonly fieldsOf: Schema["fieldsOf"];
}

/** The names that a schema may define once more. */
const REDEFINABLE = new Set(["include", "skip", "deprecated", "specifiedBy", "defer", "oneOf"]);
const INFERRED_ROOTS = [
  ["query", "Query"],
  ["mutation", "Mutation"],
  ["subscription", "Subscription"],
] as const;

let prelude: SchemaDocument | undefined;

/**
 * Checks a schema document as gqlparser does, in its order.
 *
 * @throws BuiltinError for the first thing wrong
 */
export function buildSchema(document: SchemaDocument): Schema {
  prelude ??= parseSchema(PRELUDE);
  const draft: Draft = {
    types: new Map(),
    directives: new Map(),
    possibleTypes: new Map(),
    roots: new Map(),
    fieldsOf: indexFields(),
  };
  const builtIn = prelude.Definitions.map((definition) => ({ ...definition, BuiltIn: true }));
  addTypes(draft, [...builtIn, ...document.Definitions]);
  extendTypes(draft, document.Extensions);
  addPossibleTypes(draft);
  addDirectives(draft, [...prelude.Directives, ...document.Directives]);
  if (document.Schema.length > 1) {
    throw new BuiltinError("Cannot have multiple schema entry points, consider schema extensions instead.");
  }
  for (const entry of [...document.Schema, ...document.SchemaExtension]) addRoots(draft, entry);
  for (const type of sorted(draft.types)) checkDefinition(draft, type);
  for (const directive of sorted(draft.directives)) checkDirectiveDefinition(draft, directive);
  if (document.Schema.length === 0) inferRoots(draft);
  addIntrospection(draft);
  return draft;
}

function indexFields(): Schema["fieldsOf"] {
  const known = new WeakMap<SchemaType, ReadonlyMap<string, FieldDefinition>>();
  return (type) => {
    const index = known.get(type) ?? new Map(type.Fields.toReversed().map((field) => [field.Name, field]));
    known.set(type, index);
    return index;
  };
}

function sorted<T>(named: ReadonlyMap<string, T>): readonly T[] {
  return [...named].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}

function addTypes({ types }: Draft, definitions: readonly Definition[]): void {
  for (const definition of definitions) {
    if (types.has(definition.Name)) throw new BuiltinError(`Cannot redeclare type ${definition.Name}.`);
    types.set(definition.Name, definition);
  }
}

/** An extension of what is not there is the type itself. */
function extendTypes({ types }: Draft, extensions: readonly Definition[]): void {
  const parts = new Map<string, Definition[]>();
  for (const extension of extensions) {
    const { Name, Kind } = extension;
    const base = types.get(Name) ?? emptyType(extension);
    types.set(Name, base);
    if (base.Kind !== Kind) {
      throw new BuiltinError(`Cannot extend type ${Name} because the base type is a ${base.Kind}, not ${Kind}.`);
    }
    const list = parts.get(Name);
    if (list === undefined) parts.set(Name, [base, extension]);
    else list.push(extension);
  }
  for (const [name, list] of parts) {
    const [base] = list;
    if (base !== undefined) types.set(name, merge(list, base));
  }
}

function emptyType({ Kind, Name, at }: Definition): SchemaType {
  const empty = { Directives: [], Interfaces: [], Fields: [], Types: [], EnumValues: [] };
  return { at, Kind, Name, Description: "", BuiltIn: false, ...empty };
}

function merge(parts: readonly Definition[], base: Definition): SchemaType {
  return {
    ...base,
    Directives: parts.flatMap((part) => part.Directives),
    Interfaces: parts.flatMap((part) => part.Interfaces),
    Fields: parts.flatMap((part) => part.Fields),
    Types: parts.flatMap((part) => part.Types),
    EnumValues: parts.flatMap((part) => part.EnumValues),
  };
}

function addPossibleTypes({ types, possibleTypes }: Draft): void {
  const add = (name: string, possible: string): void => {
    const names = possibleTypes.get(name);
    if (names === undefined) possibleTypes.set(name, new Set([possible]));
    else names.add(possible);
  };
  for (const { Kind, Name, Interfaces, Types } of types.values()) {
    if (Kind === "UNION") for (const member of Types) add(Name, member);
    if (Kind === "OBJECT" || Kind === "INPUT_OBJECT" || Kind === "INTERFACE") {
      for (const parent of Interfaces) add(parent, Name);
    }
    if (Kind === "OBJECT" || Kind === "INPUT_OBJECT") add(Name, Name);
  }
}

function addDirectives({ directives }: Draft, definitions: readonly DirectiveDefinition[]): void {
  for (const definition of definitions) {
    if (directives.has(definition.Name) && !REDEFINABLE.has(definition.Name)) {
      throw new BuiltinError(`Cannot redeclare directive ${definition.Name}.`);
    }
    directives.set(definition.Name, definition);
  }
}

function addRoots(draft: Draft, { OperationTypes, Directives }: SchemaDefinition): void {
  for (const { Operation, Type } of OperationTypes) {
    const type = draft.types.get(Type);
    if (type === undefined) {
      throw new BuiltinError(`Schema root ${Operation} refers to a type ${Type} that does not exist.`);
    }
    draft.roots.set(Operation, type);
  }
  checkDirectives(draft, Directives, { location: "SCHEMA", isSingle: true });
}

function inferRoots({ roots, types }: Draft): void {
  for (const [operation, name] of INFERRED_ROOTS) {
    const type = types.get(name);
    if (type !== undefined && !roots.has(operation)) roots.set(operation, type);
  }
}

/** The root of queries also answers about the schema. */
function addIntrospection({ roots, types }: Draft): void {
  const query = roots.get("query");
  if (query === undefined) return;
  const field = { Description: "", Arguments: [], Directives: [] };
  const name = { ...field, Name: "name", Type: { NamedType: "String", NonNull: true } };
  const extended = {
    ...query,
    Fields: [
      ...query.Fields,
      { ...field, Name: "__schema", Type: { NamedType: "__Schema", NonNull: true } },
      { ...field, Name: "__type", Type: { NamedType: "__Type", NonNull: false }, Arguments: [name] },
    ],
  };
  types.set(query.Name, extended);
  for (const [operation, type] of roots) if (type === query) roots.set(operation, extended);
}
