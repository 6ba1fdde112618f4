import { findNamed, typeText, VALUE_KINDS } from "./ast.ts";
import type { ValueNode } from "./ast.ts";
import { isCompatible } from "./schema-check.ts";
import type { SchemaType } from "./schema.ts";
import type { Rule, ValueFacts, Walker } from "./walker.ts";

const STANDARD_SCALARS = new Set(["Int", "Float", "String", "Boolean", "ID"]);
/** The standard scalars that take a literal of a kind. */
const TAKERS: ReadonlyMap<number, readonly string[]> = new Map([
  [VALUE_KINDS.int, ["Int", "Float", "ID"]],
  [VALUE_KINDS.float, ["Float"]],
  [VALUE_KINDS.string, ["String", "ID"]],
  [VALUE_KINDS.block, ["String", "ID"]],
  [VALUE_KINDS.boolean, ["Boolean"]],
]);
const INT64 = Object.freeze({ minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n });

function definedVariables(): Rule {
  return {
    value: (walker, value, { variable }) => {
      if (walker.operation === undefined || value.Kind !== VALUE_KINDS.variable || variable !== undefined) return;
      walker.fail(value, `Variable "$${value.Raw}" is not defined`);
    },
  };
}

function valuesOfCorrectType(): Rule {
  return {
    value: (walker, value, { definition, expected }) => {
      if (definition === undefined || expected === undefined) return;
      if (value.Kind === VALUE_KINDS.null && expected.NonNull) {
        walker.fail(value, `Expected value of type "${typeText(expected)}", found null`);
      }
      if (definition.Kind === "SCALAR" && !STANDARD_SCALARS.has(definition.Name)) return;
      const isWrong =
        !isRepresentable(walker, value) ||
        (value.Kind === VALUE_KINDS.list && expected.Elem === undefined) ||
        !isTaken(value, definition);
      if (isWrong) walker.fail(value, `Expected value of type "${typeText(expected)}", found another`);
      if (value.Kind === VALUE_KINDS.object) checkObject(walker, value, definition);
    },
  };
}

/** Numbers of 64 bits, in lists and objects too. */
function isRepresentable(walker: Walker, value: ValueNode): boolean {
  walker.budget.spend();
  if (value.Kind === VALUE_KINDS.int) {
    if (!/^[-+]?[0-9]{1,19}$/.test(value.Raw)) return false;
    const integer = BigInt(value.Raw.replace("+", ""));
    return integer >= INT64.minimum && integer <= INT64.maximum;
  }
  if (value.Kind === VALUE_KINDS.float) return value.Raw !== "" && Number.isFinite(Number(value.Raw));
  return value.Children.every((child) => isRepresentable(walker, child.Value));
}

function isTaken({ Kind, Raw }: ValueNode, { Kind: type, Name, EnumValues }: SchemaType): boolean {
  if (Kind === VALUE_KINDS.enum) return type === "ENUM" && findNamed(EnumValues, Raw) !== undefined;
  const takers = TAKERS.get(Kind);
  return takers === undefined || takers.includes(Name);
}

function checkObject(walker: Walker, value: ValueNode, definition: SchemaType): void {
  const given = new Set(value.Children.map(({ Name }) => Name));
  for (const { Name, Type, DefaultValue } of definition.Fields) {
    if (!Type.NonNull || given.has(Name) || DefaultValue !== undefined) continue;
    walker.fail(value, `Field "${definition.Name}.${Name}" of required type "${typeText(Type)}" was not provided`);
  }
  if (isOneOf(definition)) {
    const [only, second] = value.Children;
    if (only === undefined || second !== undefined) {
      walker.fail(value, `OneOf Input Object "${definition.Name}" must specify exactly one key`);
    } else if (only.Value.Kind === VALUE_KINDS.null) {
      walker.fail(only.Value, `Field "${definition.Name}.${only.Name}" must be non-null`);
    }
  }
  for (const child of value.Children) {
    if (walker.schema.fieldsOf(definition).has(child.Name)) continue;
    walker.fail(child, `Field "${child.Name}" is not defined by type "${definition.Name}"`);
  }
}

function isOneOf(definition: SchemaType): boolean {
  return findNamed(definition.Directives, "oneOf") !== undefined;
}

function variablesInAllowedPosition(): Rule {
  return {
    value: (walker, value, facts) => {
      if (walker.operation === undefined) return;
      if (value.Kind === VALUE_KINDS.variable) checkPosition(walker, value, facts);
      if (value.Kind === VALUE_KINDS.object && facts.definition !== undefined && isOneOf(facts.definition)) {
        for (const { Value } of value.Children) {
          if (walker.variableOf(Value)?.Type.NonNull !== false) continue;
          walker.fail(Value, `Variable "$${Value.Raw}" must be non-nullable to be used for a OneOf Input Object`);
        }
      }
    },
  };
}

function checkPosition(walker: Walker, value: ValueNode, { expected, variable, hasDefault = false }: ValueFacts): void {
  if (expected === undefined || variable === undefined) return;
  const { DefaultValue, Type } = variable;
  const hasOwn = DefaultValue !== undefined && DefaultValue.Kind !== VALUE_KINDS.null;
  if (isCompatible(Type, { ...expected, NonNull: expected.NonNull && !hasOwn && !hasDefault })) return;
  walker.fail(
    value,
    `Variable "$${value.Raw}" of type "${typeText(Type)}" used in position expecting type "${typeText(expected)}"`,
  );
}

/** About literals and variables. */
export const VALUE_RULES: readonly (() => Rule)[] = [definedVariables, valuesOfCorrectType, variablesInAllowedPosition];
