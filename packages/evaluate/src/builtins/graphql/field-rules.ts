import { findNamed, typeName, typeText } from "./ast.ts";
import type { Argument, FieldDefinition, Located } from "./ast.ts";
import type { SchemaType } from "./schema.ts";
import type { Rule, Walker } from "./walker.ts";

const COMPOSITE = new Set(["OBJECT", "INTERFACE", "UNION"]);

export function isLeaf({ Kind }: SchemaType): boolean {
  return Kind === "ENUM" || Kind === "SCALAR";
}

function fieldsOnCorrectType(): Rule {
  return {
    field: (walker, field, { definition, parent }) => {
      if (parent === undefined || definition !== undefined) return;
      walker.fail(field, `Cannot query field "${field.Name}" on type "${parent.Name}"`);
    },
  };
}

function fragmentsOnCompositeTypes(): Rule {
  const check = (walker: Walker, node: Located, condition: string, subject: string): void => {
    const type = walker.schema.types.get(condition);
    if (type === undefined || COMPOSITE.has(type.Kind)) return;
    walker.fail(node, `${subject} cannot condition on non composite type "${condition}"`);
  };
  return {
    inline: (walker, fragment) => {
      check(walker, fragment, fragment.TypeCondition, "Fragment");
    },
    fragment: (walker, fragment) => {
      check(walker, fragment, fragment.TypeCondition, `Fragment "${fragment.Name}"`);
    },
  };
}

function scalarLeafs(): Rule {
  return {
    field: (walker, field, { definition }) => {
      const type = definition === undefined ? undefined : walker.schema.types.get(typeName(definition.Type));
      if (definition === undefined || type === undefined) return;
      const hasSelection = field.SelectionSet.length > 0;
      if (isLeaf(type) && hasSelection) {
        walker.fail(
          field,
          `Field "${field.Name}" must not have a selection since type "${type.Name}" has no subfields`,
        );
      } else if (!isLeaf(type) && !hasSelection) {
        const name = typeText(definition.Type);
        walker.fail(field, `Field "${field.Name}" of type "${name}" must have a selection of subfields`);
      }
    },
  };
}

function possibleFragmentSpreads(): Rule {
  const check = (walker: Walker, node: Located, parent: SchemaType | undefined, condition: string): void => {
    const type = walker.schema.types.get(condition);
    if (parent === undefined || type === undefined || !COMPOSITE.has(type.Kind) || !COMPOSITE.has(parent.Kind)) return;
    const { possibleTypes } = walker.schema;
    const outer = parent.Kind === "OBJECT" ? [parent.Name] : [...(possibleTypes.get(parent.Name) ?? [])];
    const inner = possibleTypes.get(condition);
    walker.budget.spend(outer.length);
    if (outer.some((name) => inner?.has(name) === true)) return;
    walker.fail(
      node,
      `Fragment cannot be spread here as objects of type "${parent.Name}" can never be of type "${condition}"`,
    );
  };
  return {
    inline: (walker, fragment, parent) => {
      check(walker, fragment, parent, fragment.TypeCondition);
    },
    spread: (walker, spread, parent) => {
      const fragment = walker.fragments.get(spread.Name);
      if (fragment !== undefined) check(walker, spread, parent, fragment.TypeCondition);
    },
  };
}

function requiredArguments(): Rule {
  const check = (
    walker: Walker,
    node: Located & { readonly Name: string; readonly Arguments: readonly Argument[] },
    definitions: readonly FieldDefinition[],
  ): void => {
    for (const { Name, Type, DefaultValue } of definitions) {
      if (!Type.NonNull || DefaultValue !== undefined) continue;
      if (findNamed(node.Arguments, Name) !== undefined) continue;
      walker.fail(
        node,
        `"${node.Name}" argument "${Name}" of type "${typeText(Type)}" is required, but it was not provided`,
      );
    }
  };
  return {
    field: (walker, field, { definition }) => {
      check(walker, field, definition?.Arguments ?? []);
    },
    directive: (walker, directive, { definition }) => {
      check(walker, directive, definition?.Arguments ?? []);
    },
  };
}

/** About fields and the types that they have. */
export const FIELD_RULES: readonly (() => Rule)[] = [
  fieldsOnCorrectType,
  fragmentsOnCompositeTypes,
  possibleFragmentSpreads,
  requiredArguments,
  scalarLeafs,
];
