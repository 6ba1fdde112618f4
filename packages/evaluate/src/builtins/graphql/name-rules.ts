import { findNamed, typeName, VALUE_KINDS } from "./ast.ts";
import type { Argument, FieldDefinition, Located } from "./ast.ts";
import type { Rule, Walker } from "./walker.ts";

function knownArgumentNames(): Rule {
  const check = (
    walker: Walker,
    node: Located & { readonly Arguments: readonly Argument[] },
    definitions: readonly FieldDefinition[],
  ): void => {
    for (const { Name } of node.Arguments) {
      if (findNamed(definitions, Name) === undefined) walker.fail(node, `Unknown argument "${Name}"`);
    }
  };
  return {
    field: (walker, field, { definition, parent }) => {
      if (definition !== undefined && parent !== undefined) check(walker, field, definition.Arguments);
    },
    directive: (walker, directive, { definition }) => {
      if (definition !== undefined) check(walker, directive, definition.Arguments);
    },
  };
}

function knownDirectives(): Rule {
  return {
    directive: (walker, directive, { definition, location }) => {
      if (definition === undefined) walker.fail(directive, `Unknown directive "@${directive.Name}"`);
      else if (!definition.Locations.includes(location)) {
        walker.fail(directive, `Directive "@${directive.Name}" may not be used on ${location}`);
      }
    },
  };
}

function knownFragmentNames(): Rule {
  return {
    spread: (walker, spread) => {
      if (!walker.fragments.has(spread.Name)) walker.fail(spread, `Unknown fragment "${spread.Name}"`);
    },
  };
}

function knownTypeNames(): Rule {
  const check = (walker: Walker, node: Located, name: string): void => {
    if (!walker.schema.types.has(name)) walker.fail(node, `Unknown type "${name}"`);
  };
  return {
    variable: (walker, variable) => {
      check(walker, variable, typeName(variable.Type));
    },
    inline: (walker, fragment) => {
      if (fragment.TypeCondition !== "") check(walker, fragment, fragment.TypeCondition);
    },
    fragment: (walker, fragment) => {
      check(walker, fragment, fragment.TypeCondition);
    },
  };
}

function checkOnce(
  walker: Walker,
  list: readonly (Located & { readonly Name: string })[],
  message: (name: string) => string,
): void {
  const seen = new Set<string>();
  for (const item of list) {
    if (seen.has(item.Name)) walker.fail(item, message(item.Name));
    seen.add(item.Name);
  }
}

function uniqueArgumentNames(): Rule {
  const check = (walker: Walker, list: readonly Argument[]): void => {
    checkOnce(walker, list, (name) => `There can be only one argument named "${name}"`);
  };
  return {
    field: (walker, field) => {
      check(walker, field.Arguments);
    },
    directive: (walker, directive) => {
      check(walker, directive.Arguments);
    },
  };
}

function uniqueDirectives(): Rule {
  return {
    directives: (walker, list) => {
      const once = list.filter(({ Name }) => walker.schema.directives.get(Name)?.IsRepeatable !== true);
      checkOnce(walker, once, (name) => `The directive "@${name}" can only be used once at this location`);
    },
  };
}

function uniqueInputFieldNames(): Rule {
  return {
    value: (walker, value) => {
      if (value.Kind !== VALUE_KINDS.object) return;
      checkOnce(walker, value.Children, (name) => `There can be only one input field named "${name}"`);
    },
  };
}

/** About names: those that must be known, and those that can stand only once. */
export const NAME_RULES: readonly (() => Rule)[] = [
  knownArgumentNames,
  knownDirectives,
  knownFragmentNames,
  knownTypeNames,
  uniqueArgumentNames,
  uniqueDirectives,
  uniqueInputFieldNames,
];
