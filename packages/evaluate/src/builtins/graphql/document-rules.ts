import { typeText, typeName } from "./ast.ts";
import type { Field, FragmentDefinition, FragmentSpread, Selection } from "./ast.ts";
import type { Rule, Walker } from "./walker.ts";

const MAX_LISTS = 3;
const LISTS = new Set(["fields", "interfaces", "possibleTypes", "inputFields"]);
const INPUT_KINDS = new Set(["SCALAR", "ENUM", "INPUT_OBJECT"]);

function operations(): Rule {
  const seen = new Set<string>();
  return {
    operation: (walker, operation) => {
      const { Name, Operation } = operation;
      if (!walker.schema.roots.has(Operation === "" ? "query" : Operation)) {
        walker.fail(operation, `Schema does not support operation type "${Operation}"`);
      }
      if (Name === "" && walker.operations.length > 1) {
        walker.fail(operation, "This anonymous operation must be the only defined operation");
      }
      if (seen.has(Name)) walker.fail(operation, `There can be only one operation named "${Name}"`);
      seen.add(Name);
      checkVariables(walker);
    },
  };
}

function checkVariables(walker: Walker): void {
  const seen = new Set<string>();
  for (const variable of walker.operation?.VariableDefinitions ?? []) {
    const { Variable, Type } = variable;
    if (!walker.used.has(variable)) walker.fail(variable, `Variable "$${Variable}" is never used`);
    if (seen.has(Variable)) walker.fail(variable, `There can be only one variable named "$${Variable}"`);
    seen.add(Variable);
    const type = walker.schema.types.get(typeName(Type));
    if (type === undefined || INPUT_KINDS.has(type.Kind)) continue;
    walker.fail(variable, `Variable "$${Variable}" cannot be non-input type "${typeText(Type)}"`);
  }
}

/** gqlparser also counts the spreads of the fragment that it comes to first. */
function usedFragments(): Rule {
  const used = new Set<string>();
  const seen = new Set<string>();
  let isAmongFragments = false;
  return {
    spread: (_walker, spread) => {
      if (!isAmongFragments) used.add(spread.Name);
    },
    fragment: (walker, fragment) => {
      isAmongFragments = true;
      if (!used.has(fragment.Name)) walker.fail(fragment, `Fragment "${fragment.Name}" is never used`);
      if (seen.has(fragment.Name)) {
        walker.fail(fragment, `There can be only one fragment named "${fragment.Name}"`);
      }
      seen.add(fragment.Name);
    },
  };
}

function fragmentCycles(): Rule {
  const visited = new Set<string>();
  const visit = (walker: Walker, fragment: FragmentDefinition, path: Set<string>): void => {
    if (visited.has(fragment.Name)) return;
    visited.add(fragment.Name);
    path.add(fragment.Name);
    for (const spread of spreadsOf(walker, fragment.SelectionSet)) {
      if (path.has(spread.Name)) walker.fail(spread, `Cannot spread fragment "${spread.Name}" within itself`);
      const next = walker.fragments.get(spread.Name);
      if (next !== undefined) visit(walker, next, path);
    }
    path.delete(fragment.Name);
  };
  return {
    fragment: (walker, fragment) => {
      visit(walker, fragment, new Set());
    },
  };
}

function spreadsOf(walker: Walker, selections: readonly Selection[]): FragmentSpread[] {
  const spreads: FragmentSpread[] = [];
  const open = [selections];
  for (let list = open.pop(); list !== undefined; list = open.pop()) {
    walker.budget.spend(list.length);
    for (const selection of list) {
      if (selection.kind === "spread") spreads.push(selection);
      else open.push(selection.SelectionSet);
    }
  }
  return spreads;
}

/** Lists of lists of lists about the schema itself grow without measure. */
function introspectionDepth(): Rule {
  const isTooDeep = (walker: Walker, selection: Selection, path: Set<string>, depth: number): boolean => {
    walker.budget.spend();
    if (selection.kind === "inline") {
      return selection.SelectionSet.some((child) => isTooDeep(walker, child, path, depth));
    }
    if (selection.kind === "field") {
      const next = LISTS.has(selection.Name) ? depth + 1 : depth;
      return next >= MAX_LISTS || selection.SelectionSet.some((child) => isTooDeep(walker, child, path, next));
    }
    const fragment = walker.fragments.get(selection.Name);
    if (fragment === undefined || path.has(fragment.Name)) return false;
    path.add(fragment.Name);
    const result = fragment.SelectionSet.some((child) => isTooDeep(walker, child, path, depth));
    path.delete(fragment.Name);
    return result;
  };
  return {
    field: (walker, field) => {
      if (field.Name !== "__schema" && field.Name !== "__type") return;
      if (isTooDeep(walker, field, new Set(), 0)) walker.fail(field, "Maximum introspection depth exceeded");
    },
  };
}

function singleFieldSubscriptions(): Rule {
  return {
    operation: (walker, operation) => {
      if (operation.Operation !== "subscription" || !walker.schema.roots.has("subscription")) return;
      const fields = new Map<string, Field>();
      collectTopFields(walker, operation.SelectionSet, fields, new Set());
      const [, second] = [...fields.values()];
      if (second !== undefined) walker.fail(second, "Subscription must select only one top level field");
      for (const [name, field] of fields) {
        if (name.startsWith("__")) walker.fail(field, "Subscription must not select an introspection top level field");
      }
    },
  };
}

function collectTopFields(
  walker: Walker,
  list: readonly Selection[],
  fields: Map<string, Field>,
  entered: Set<string>,
): void {
  for (const selection of list) {
    if (selection.kind === "field") {
      if (!fields.has(selection.Name)) fields.set(selection.Name, selection);
    } else if (selection.kind === "inline") collectTopFields(walker, selection.SelectionSet, fields, entered);
    else {
      const fragment = walker.fragments.get(selection.Name);
      if (fragment === undefined) return;
      if (entered.has(fragment.Name)) continue;
      entered.add(fragment.Name);
      collectTopFields(walker, fragment.SelectionSet, fields, entered);
    }
  }
}

/** About operations and fragments as wholes. */
export const DOCUMENT_RULES: readonly (() => Rule)[] = [
  operations,
  usedFragments,
  fragmentCycles,
  introspectionDepth,
  singleFieldSubscriptions,
];
