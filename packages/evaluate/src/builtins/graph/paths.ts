import { compareValues, isRegoArray, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoObject, RegoValue } from "../../values/values.ts";

/** Of all paths together: twenty nodes that all lead to each other have 10^18 paths. */
const MAX_NODES = 1_000_000;

/** A node that is still to be looked at, behind so many of the current path's nodes. */
interface Visit {
  readonly node: RegoValue;
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
  return walk.paths;
}

class Walk {
  readonly paths: RegoValue[] = [];
  readonly #graph: RegoObject;
  readonly #visits: Visit[] = [];
  /** Nodes as their places among the graph's entries, so that equal nodes are one. */
  readonly #path: number[] = [];
  readonly #onPath = new Set<number>();
  #nodes = 0;

  constructor(graph: RegoObject) {
    this.#graph = graph;
  }

  from(start: RegoValue): void {
    const index = this.#indexOf(start);
    if (index === -1) return;
    this.#enter(index, 0);
    const neighbours = this.#neighboursOf(index);
    if (neighbours.length === 0) this.#commit();
    for (const node of neighbours) this.#visits.push({ node, depth: 1 });
    for (let visit = this.#visits.pop(); visit !== undefined; visit = this.#visits.pop()) this.#follow(visit);
  }

  #follow({ node, depth }: Visit): void {
    const index = this.#indexOf(node);
    this.#enter(index, depth);
    if (index === -1) {
      this.#commit();
      return;
    }
    const neighbours = this.#neighboursOf(index);
    if (neighbours.length === 0) this.#commit();
    for (const neighbour of neighbours) {
      if (this.#onPath.has(this.#indexOf(neighbour))) this.#commit();
      else this.#visits.push({ node: neighbour, depth: depth + 1 });
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
    this.paths.push(this.#path.map((index) => this.#graph.entries[index]?.[0] ?? null));
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
  #neighboursOf(index: number): readonly RegoValue[] {
    const edges = this.#graph.entries[index]?.[1] ?? null;
    if (edges instanceof RegoSet) return edges.members;
    return isRegoArray(edges) ? edges : [];
  }
}

function tooMany(): RangeError {
  return new RangeError(`the paths have more than ${MAX_NODES} nodes`);
}
