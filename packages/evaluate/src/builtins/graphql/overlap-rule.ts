import type { Argument, Field, FragmentSpread, Selection, TypeNode } from "./ast.ts";
import { isLeaf } from "./field-rules.ts";
import type { Rule, Walker } from "./walker.ts";

/** What one selection set answers under each name, and the fragments that it spreads. */
interface Collected {
  readonly fields: ReadonlyMap<string, readonly Field[]>;
  readonly spreads: readonly FragmentSpread[];
}

/**
 * Two fields that answer under one name must be the same field of one shape: GraphQL specification, 5.3.2, in the steps
 * of gqlparser, which compares within a selection set, then with each fragment, then the fragments with each other.
 */
export function overlapRule(): Rule {
  const overlap = new Overlap();
  return {
    operation: (walker, operation) => {
      overlap.check(walker, operation.SelectionSet);
    },
    field: (walker, field) => {
      if (walker.operation !== undefined) overlap.check(walker, field.SelectionSet);
    },
    inline: (walker, fragment) => {
      overlap.check(walker, fragment.SelectionSet);
    },
    fragment: (walker, fragment) => {
      overlap.check(walker, fragment.SelectionSet);
    },
  };
}

class Overlap {
  /** Pairs of fragments that were compared, and whether as ones that never apply together. */
  readonly #pairs = new Map<string, boolean>();
  readonly #collected = new WeakMap<readonly Selection[], Collected>();
  #compared = new Set<string>();

  check(walker: Walker, selections: readonly Selection[]): void {
    if (selections.length === 0) return;
    const { fields, spreads } = this.#collect(walker, selections);
    for (const list of fields.values()) {
      for (const [index, first] of list.entries()) {
        for (const second of list.slice(index + 1)) this.#compare(walker, false, first, second);
      }
    }
    this.#compared = new Set();
    for (const [index, spread] of spreads.entries()) {
      this.#compareWithFragment(walker, false, fields, spread);
      for (const other of spreads.slice(index + 1)) this.#compareFragments(walker, false, spread, other);
    }
  }

  #collect(walker: Walker, selections: readonly Selection[]): Collected {
    const known = this.#collected.get(selections);
    if (known !== undefined) return known;
    const fields = new Map<string, Field[]>();
    const spreads: FragmentSpread[] = [];
    const visit = (list: readonly Selection[]): void => {
      walker.budget.spend(list.length);
      for (const selection of list) {
        if (selection.kind === "spread") spreads.push(selection);
        else if (selection.kind === "inline") visit(selection.SelectionSet);
        else {
          const name = selection.Alias === "" ? selection.Name : selection.Alias;
          const same = fields.get(name);
          if (same === undefined) fields.set(name, [selection]);
          else same.push(selection);
        }
      }
    };
    visit(selections);
    const collected = { fields, spreads };
    this.#collected.set(selections, collected);
    return collected;
  }

  #compareWithFragment(
    walker: Walker,
    isExclusive: boolean,
    fields: Collected["fields"],
    spread: FragmentSpread,
  ): void {
    walker.budget.spend();
    if (this.#compared.has(spread.Name)) return;
    this.#compared.add(spread.Name);
    const fragment = walker.fragments.get(spread.Name);
    if (fragment === undefined) return;
    const other = this.#collect(walker, fragment.SelectionSet);
    if (other.fields === fields) return;
    this.#compareAll(walker, isExclusive, fields, other.fields);
    for (const inner of other.spreads) {
      if (inner.Name !== spread.Name) this.#compareWithFragment(walker, isExclusive, fields, inner);
    }
  }

  #compareFragments(walker: Walker, isExclusive: boolean, first: FragmentSpread, second: FragmentSpread): void {
    walker.budget.spend(3);
    if (first.Name === second.Name) return;
    const key = [first.Name, second.Name].toSorted().join(" ");
    const known = this.#pairs.get(key);
    if (known === false || (known === true && isExclusive)) return;
    this.#pairs.set(key, isExclusive);
    const [left, right] = [walker.fragments.get(first.Name), walker.fragments.get(second.Name)];
    if (left === undefined || right === undefined) return;
    const a = this.#collect(walker, left.SelectionSet);
    const b = this.#collect(walker, right.SelectionSet);
    this.#compareAll(walker, isExclusive, a.fields, b.fields);
    for (const spread of b.spreads) this.#compareFragments(walker, isExclusive, first, spread);
    for (const spread of a.spreads) this.#compareFragments(walker, isExclusive, spread, second);
  }

  #compareAll(walker: Walker, isExclusive: boolean, first: Collected["fields"], second: Collected["fields"]): void {
    walker.budget.spend(first.size);
    for (const [name, fields] of first) {
      for (const field of fields) {
        for (const other of second.get(name) ?? []) this.#compare(walker, isExclusive, field, other);
      }
    }
  }

  #compare(walker: Walker, isParentExclusive: boolean, first: Field, second: Field): void {
    walker.budget.spend();
    const [a, b] = [walker.factsOf(first), walker.factsOf(second)];
    if (a.parent === undefined || b.parent === undefined) return;
    const areObjects = a.parent.Kind === "OBJECT" && b.parent.Kind === "OBJECT" && a.parent.Name !== b.parent.Name;
    const isExclusive = isParentExclusive || (areObjects && a.definition !== undefined && b.definition !== undefined);
    if (!isExclusive && first.Name !== second.Name) {
      fail(walker, second, `"${first.Name}" and "${second.Name}" are different fields`);
    }
    walker.budget.spend(first.Arguments.length * second.Arguments.length);
    if (!isExclusive && !haveSameArguments(first.Arguments, second.Arguments)) {
      fail(walker, second, "they have differing arguments");
    }
    if (a.definition !== undefined && b.definition !== undefined) {
      if (doConflict(walker, a.definition.Type, b.definition.Type)) {
        fail(walker, second, "they return conflicting types");
      }
    }
    this.#compareParts(walker, isExclusive, first, second);
  }

  #compareParts(walker: Walker, isExclusive: boolean, first: Field, second: Field): void {
    const a = this.#collect(walker, first.SelectionSet);
    const b = this.#collect(walker, second.SelectionSet);
    this.#compareAll(walker, isExclusive, a.fields, b.fields);
    for (const [fields, spreads] of [
      [a.fields, b.spreads],
      [b.fields, a.spreads],
    ] as const) {
      for (const spread of spreads) {
        this.#compared = new Set();
        this.#compareWithFragment(walker, isExclusive, fields, spread);
      }
    }
    for (const left of a.spreads) {
      for (const right of b.spreads) this.#compareFragments(walker, isExclusive, left, right);
    }
  }
}

function fail(walker: Walker, { Name, Alias, at }: Field, reason: string): void {
  const name = Alias === "" ? Name : Alias;
  walker.fail(
    { at },
    `Fields "${name}" conflict because ${reason}. Use different aliases on the fields to fetch both if this was intentional`,
  );
}

/** gqlparser does not look into lists and objects. */
function haveSameArguments(first: readonly Argument[], second: readonly Argument[]): boolean {
  if (first.length !== second.length) return false;
  return first.every(({ Name, Value }) =>
    second.some((other) => other.Name === Name && other.Value.Kind === Value.Kind && other.Value.Raw === Value.Raw),
  );
}

function doConflict(walker: Walker, first: TypeNode, second: TypeNode): boolean {
  if (first.Elem !== undefined && second.Elem !== undefined) return doConflict(walker, first.Elem, second.Elem);
  if (first.Elem !== second.Elem || first.NonNull !== second.NonNull) return true;
  const [a, b] = [walker.schema.types.get(first.NamedType), walker.schema.types.get(second.NamedType)];
  return a !== undefined && b !== undefined && isLeaf(a) && isLeaf(b) && a.Name !== b.Name;
}
