import { compareValues, isRegoArray, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoObject, RegoValue } from "../../values/values.ts";

/** Of all paths together: twenty nodes that all lead to each other have 10^18 paths. */
const MAX_NODES = 1_000_000;

/** A node that is still to be looked at, behind so many of the current path's nodes. */
interface Visit {
  /** Its place among the graph's entries, or -1 when the graph does not know it. */
  readonly index: number;
  readonly depth: number;
}

/**
 * Every path from a start along the edges until there is no further node, or one that the path already has. As OPA has
 * it, a start that leads to itself is twice on its path, and a node that the graph does not know is left out.
 *
 * @throws RangeError for paths of more than a million nodes in all
 */
export function reachablePaths(graph: RegoObject, starts: RegoArray): readonly RegoValue[] {
  const walk = new Walk(graph);
  for (const start of starts) walk.from(start);
  return walk.paths();
}

class Walk {
  readonly #paths: (readonly number[])[] = [];
  readonly #graph: RegoObject;
  readonly #visits: Visit[] = [];
  /** Nodes as their places among the graph's entries, so that equal nodes are one. */
  readonly #path: number[] = [];
  readonly #onPath = new Set<number>();
  /** Looked up once for each node: comparing long ones takes time, and a walk comes by a million times. */
  readonly #neighbours = new Map<number, readonly number[]>();
  #nodes = 0;

  constructor(graph: RegoObject) {
    this.#graph = graph;
  }

  /** In Rego's order, which is that of the entries: comparing the nodes themselves would read long ones many times. */
  paths(): readonly RegoValue[] {
    const { entries } = this.#graph;
    const sorted = this.#paths.toSorted(compareIndexes);
    return sorted.map((path) => path.map((index) => entries[index]?.[0] ?? null));
  }

  from(start: RegoValue): void {
    const index = this.#indexOf(start);
    if (index === -1) return;
    this.#enter(index, 0);
    const neighbours = this.#neighboursOf(index);
    if (neighbours.length === 0) this.#commit();
    for (const neighbour of neighbours) this.#visits.push({ index: neighbour, depth: 1 });
    for (let visit = this.#visits.pop(); visit !== undefined; visit = this.#visits.pop()) this.#follow(visit);
  }

  #follow({ index, depth }: Visit): void {
    this.#enter(index, depth);
    if (index === -1) {
      this.#commit();
      return;
    }
    const neighbours = this.#neighboursOf(index);
    if (neighbours.length === 0) this.#commit();
    for (const neighbour of neighbours) {
      if (this.#onPath.has(neighbour)) this.#commit();
      else this.#visits.push({ index: neighbour, depth: depth + 1 });
    }
    if (this.#visits.length > MAX_NODES) throw tooMany();
  }

  /** Goes back to the depth, and on to the node when the graph knows it. */
  #enter(index: number, depth: number): void {
    while (this.#path.length > depth) {
      const left = this.#path.pop();
      // The start may be there twice.
      if (left !== undefined && left !== this.#path[0]) this.#onPath.delete(left);
    }
    if (index === -1) return;
    this.#path.push(index);
    this.#onPath.add(index);
  }

  #commit(): void {
    this.#nodes += this.#path.length;
    if (this.#nodes > MAX_NODES) throw tooMany();
    this.#paths.push([...this.#path]);
  }

  /** The entries are sorted by their keys. */
  #indexOf(node: RegoValue): number {
    const { entries } = this.#graph;
    let [low, high] = [0, entries.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = compareValues(entries[middle]?.[0] ?? null, node);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Edges that are neither an array nor a set lead nowhere. */
  #neighboursOf(index: number): readonly number[] {
    const known = this.#neighbours.get(index);
    if (known !== undefined) return known;
    const edges = this.#graph.entries[index]?.[1] ?? null;
    const nodes = edges instanceof RegoSet ? edges.members : isRegoArray(edges) ? edges : [];
    const found = nodes.map((node) => this.#indexOf(node));
    this.#neighbours.set(index, found);
    return found;
  }
}

function compareIndexes(left: readonly number[], right: readonly number[]): number {
  const end = Math.min(left.length, right.length);
  for (let position = 0; position < end; position++) {
    const order = (left[position] ?? 0) - (right[position] ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function tooMany(): RangeError {
  return new RangeError(`the paths have more than ${MAX_NODES} nodes`);
}
