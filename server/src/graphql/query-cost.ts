import { FormatError } from "@policy-pack/pack";
import { Kind, OperationTypeNode } from "graphql";
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from "graphql";
import type { QueryLimits } from "./limits.ts";

interface Cost {
  readonly fields: number;
  readonly depth: number;
  /** Fields at the top, through fragments too. */
  readonly roots: number;
}

const NOTHING: Cost = { fields: 0, depth: 0, roots: 0 };

/**
 * Refuses a document that is not exactly one operation within the limits. Fragments are weighed once and counted at each
 * use, so one that would explode is refused without being expanded; one that uses itself is refused here already.
 * @throws FormatError QUERY_REFUSED
 */
export function checkQueryCost(document: DocumentNode, limits: QueryLimits): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation, ...others] = operations;
  if (operation === undefined || others.length > 0) {
    throw refused(`A request has exactly one operation; this one has ${operations.length}.`);
  }
  if (operation.operation !== OperationTypeNode.QUERY) {
    throw refused(`A ${operation.operation} is not answered; ask a query.`);
  }
  const scale = new Scale(document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION));
  const { fields, depth, roots } = scale.weigh(operation.selectionSet);
  if (roots > limits.maxRootFields) {
    throw refused(`The query asks ${amount(roots)} questions at once; at most ${limits.maxRootFields} are answered.`);
  }
  if (depth > limits.maxDepth) throw refused(`The query is ${depth} fields deep; at most ${limits.maxDepth} are.`);
  if (fields > limits.maxFields) {
    throw refused(`The query asks for ${amount(fields)} fields; at most ${limits.maxFields} are answered.`);
  }
  return operation;
}

/** Weighs selections; each fragment once. */
class Scale {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #weights = new Map<string, Cost>();
  readonly #open = new Set<string>();

  constructor(fragments: readonly FragmentDefinitionNode[]) {
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  weigh(set: SelectionSetNode): Cost {
    return set.selections.reduce<Cost>((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return add(sum, this.#weighFragment(selection.name.value));
      const inner = selection.selectionSet === undefined ? NOTHING : this.weigh(selection.selectionSet);
      if (selection.kind === Kind.INLINE_FRAGMENT) return add(sum, inner);
      return add(sum, { fields: inner.fields + 1, depth: inner.depth + 1, roots: 1 });
    }, NOTHING);
  }

  #weighFragment(name: string): Cost {
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return NOTHING; // Validation says so, with its place.
    if (this.#open.has(name)) throw refused("A fragment of the query uses itself.");
    this.#open.add(name);
    const weight = this.weigh(fragment.selectionSet);
    this.#open.delete(name);
    this.#weights.set(name, weight);
    return weight;
  }
}

function add(left: Cost, right: Cost): Cost {
  return {
    fields: left.fields + right.fields,
    depth: Math.max(left.depth, right.depth),
    roots: left.roots + right.roots,
  };
}

/** Counts of fragments that double each other have hundreds of digits. */
function amount(count: number): string {
  return count > Number.MAX_SAFE_INTEGER ? "too many" : `${count}`;
}

/** A query that is not answered. */
export function refused(message: string, cause?: unknown): FormatError {
  return new FormatError("QUERY_REFUSED", message, { cause });
}
