import { BuiltinError } from "../builtin.ts";
import { findNamed, typeName, typeText, VALUE_KINDS } from "./ast.ts";
import type { Definition, Directive, DirectiveDefinition, FieldDefinition, TypeNode } from "./ast.ts";
import type { Schema } from "./schema.ts";

const OUTPUT_KINDS = ["SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM"];
const INPUT_KINDS = ["SCALAR", "ENUM", "INPUT_OBJECT"];
const NOT_ENUMS = ["true", "false", "null"];

interface DirectivePlace {
  readonly location: string;
  /** The directive that is being defined: it cannot stand on its own parameters. */
  readonly current?: DirectiveDefinition | undefined;
  /** Not gathered from several extensions. */
  readonly isSingle: boolean;
}

export function checkDefinition(schema: Schema, definition: Definition): void {
  const { Kind, Name, Fields } = definition;
  const location = Kind === "INPUT_OBJECT" ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION";
  for (const field of Fields) {
    checkName(field.Name);
    checkTypeRef(schema, field.Type);
    checkParameters(schema, field.Arguments);
    checkDirectives(schema, field.Directives, { location, isSingle: true });
  }
  for (const member of definition.Types) {
    const type = schema.types.get(member);
    if (type === undefined) throw new BuiltinError(`Undefined type "${member}".`);
    if (type.Kind !== "OBJECT") throw new BuiltinError(`${Kind} type "${member}" must be OBJECT.`);
  }
  const implemented = new Set(definition.Interfaces);
  for (const name of implemented) checkImplements(schema, { definition, implemented, name });
  checkKind(schema, definition);
  checkOnce(Fields, (name) => `Field ${Name}.${name} can only be defined once.`);
  checkOnce(definition.EnumValues, (name) => `Enum value ${Name}.${name} can only be defined once.`);
  const members = definition.Types.map((type) => ({ Name: type }));
  checkOnce(members, (name) => `Union type ${Name} can only include type ${name} once.`);
  if (!definition.BuiltIn) checkName(Name);
  checkDirectives(schema, definition.Directives, { location: Kind, isSingle: false });
}

export function checkDirectiveDefinition(schema: Schema, definition: DirectiveDefinition): void {
  checkName(definition.Name);
  checkParameters(schema, definition.Arguments, definition);
}

function checkKind(schema: Schema, { Kind, Name, Fields, EnumValues }: Definition): void {
  if (Kind === "ENUM") {
    if (EnumValues.length === 0) throw new BuiltinError(`${Kind} ${Name}: must define one or more unique enum values.`);
    for (const value of EnumValues) {
      if (NOT_ENUMS.includes(value.Name)) throw new BuiltinError(`${Kind} ${Name}: non-enum value ${value.Name}.`);
      checkDirectives(schema, value.Directives, { location: "ENUM_VALUE", isSingle: true });
    }
  }
  const isInput = Kind === "INPUT_OBJECT";
  if (!isInput && Kind !== "OBJECT" && Kind !== "INTERFACE") return;
  if (Fields.length === 0) {
    throw new BuiltinError(`${Kind} ${Name}: must define one or more ${isInput ? "input " : ""}fields.`);
  }
  const kinds = isInput ? INPUT_KINDS : OUTPUT_KINDS;
  for (const field of Fields) {
    const type = schema.types.get(typeName(field.Type));
    if (type === undefined || kinds.includes(type.Kind)) continue;
    throw new BuiltinError(`${Kind} ${Name}: field must be one of ${kinds.join(", ")}.`);
  }
}

function checkOnce(list: readonly { readonly Name: string }[], message: (name: string) => string): void {
  const seen = new Set<string>();
  for (const { Name } of list) {
    if (seen.has(Name)) throw new BuiltinError(message(Name));
    seen.add(Name);
  }
}

function checkName(name: string): void {
  if (!name.startsWith("__")) return;
  throw new BuiltinError(`Name "${name}" must not begin with "__", which is reserved by GraphQL introspection.`);
}

function checkTypeRef(schema: Schema, type: TypeNode): Definition {
  const definition = schema.types.get(typeName(type));
  if (definition === undefined) throw new BuiltinError(`Undefined type ${typeName(type)}.`);
  return definition;
}

function checkParameters(schema: Schema, list: readonly FieldDefinition[], current?: DirectiveDefinition): void {
  for (const parameter of list) {
    checkName(parameter.Name);
    const { Kind } = checkTypeRef(schema, parameter.Type);
    if (!INPUT_KINDS.includes(Kind)) {
      throw new BuiltinError(
        `cannot use ${typeText(parameter.Type)} as argument ${parameter.Name} because ${Kind} is not a valid input type`,
      );
    }
    checkDirectives(schema, parameter.Directives, { location: "ARGUMENT_DEFINITION", current, isSingle: true });
  }
}

export function checkDirectives(schema: Schema, list: readonly Directive[], place: DirectivePlace): void {
  const { location, current, isSingle } = place;
  const seen = new Set<string>();
  for (const directive of list) {
    checkName(directive.Name);
    if (directive.Name === current?.Name) {
      throw new BuiltinError(`Directive ${directive.Name} cannot refer to itself.`);
    }
    const definition = schema.directives.get(directive.Name);
    if (definition === undefined) throw new BuiltinError(`Undefined directive ${directive.Name}.`);
    if (isSingle && seen.has(directive.Name) && !definition.IsRepeatable) {
      throw new BuiltinError(`The directive ${directive.Name} can only be used once at this location.`);
    }
    seen.add(directive.Name);
    if (!definition.Locations.includes(location)) {
      throw new BuiltinError(`Directive ${directive.Name} is not applicable on ${location}.`);
    }
    checkArguments(directive, definition);
  }
}

function checkArguments(directive: Directive, definition: DirectiveDefinition): void {
  for (const { Name } of directive.Arguments) {
    if (findNamed(definition.Arguments, Name) !== undefined) continue;
    throw new BuiltinError(`Undefined argument ${Name} for directive ${directive.Name}.`);
  }
  for (const { Name, Type, DefaultValue } of definition.Arguments) {
    if (!Type.NonNull || DefaultValue !== undefined) continue;
    const kind = findNamed(directive.Arguments, Name)?.Value.Kind;
    if (kind !== undefined && kind !== VALUE_KINDS.null) continue;
    throw new BuiltinError(`Argument ${Name} for directive ${directive.Name} cannot be null.`);
  }
}

interface Implementation {
  readonly definition: Definition;
  /** What it implements in all. */
  readonly implemented: ReadonlySet<string>;
  readonly name: string;
}

function checkImplements(schema: Schema, { definition, implemented, name }: Implementation): void {
  const parent = schema.types.get(name);
  if (parent === undefined) throw new BuiltinError(`Undefined type "${name}".`);
  if (parent.Kind !== "INTERFACE") throw new BuiltinError(`"${name}" is a non interface type ${parent.Kind}.`);
  const prefix = `For ${definition.Name} to implement ${name}`;
  for (const required of parent.Fields) {
    const found = schema.fieldsOf(definition).get(required.Name);
    if (found === undefined) throw new BuiltinError(`${prefix} it must have a field called ${required.Name}.`);
    if (!isCovariant(schema, required.Type, found.Type)) {
      throw new BuiltinError(`${prefix} the field ${required.Name} must have type ${typeText(required.Type)}.`);
    }
    checkImplementedArguments(prefix, required, found);
  }
  for (const ancestor of parent.Interfaces) {
    if (implemented.has(ancestor)) continue;
    throw new BuiltinError(
      ancestor === definition.Name
        ? `Type ${definition.Name} cannot implement ${name} because it would create a circular reference.`
        : `Type ${definition.Name} must implement ${ancestor} because it is implemented by ${name}.`,
    );
  }
}

function checkImplementedArguments(prefix: string, required: FieldDefinition, found: FieldDefinition): void {
  for (const { Name, Type } of required.Arguments) {
    const argument = findNamed(found.Arguments, Name);
    const start = `${prefix} the field ${required.Name} must have the same arguments but`;
    if (argument === undefined) throw new BuiltinError(`${start} it is missing ${Name}.`);
    if (!isCompatible(Type, argument.Type)) throw new BuiltinError(`${start} ${Name} has the wrong type.`);
  }
  for (const { Name, Type, DefaultValue } of found.Arguments) {
    if (!Type.NonNull || DefaultValue !== undefined || findNamed(required.Arguments, Name) !== undefined) continue;
    throw new BuiltinError(
      `${prefix} any additional arguments on ${found.Name} must be optional or have a default value but ${Name} is required.`,
    );
  }
}

/** Whether a value of the first type can stand where the other is expected. */
export function isCompatible(type: TypeNode, expected: TypeNode): boolean {
  if (type.NamedType !== expected.NamedType) return false;
  if (type.Elem !== undefined && (expected.Elem === undefined || !isCompatible(type.Elem, expected.Elem))) return false;
  return !expected.NonNull || type.NonNull;
}

function isCovariant(schema: Schema, required: TypeNode, actual: TypeNode): boolean {
  if (required.NonNull && !actual.NonNull) return false;
  if (required.NamedType !== "" || required.Elem === undefined) {
    const { NamedType } = actual;
    return required.NamedType === NamedType || (schema.possibleTypes.get(required.NamedType)?.has(NamedType) ?? false);
  }
  return actual.Elem !== undefined && isCovariant(schema, required.Elem, actual.Elem);
}
