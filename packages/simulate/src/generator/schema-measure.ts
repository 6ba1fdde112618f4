import type { SchemaNode } from "./schema-node.ts";

/**
 * Finds for every node the least nesting, and how many values its instance of that nesting has. Nodes whose smallest
 * instance never ends keep Infinity. Rounds go on until nothing changes: once for schemas without circles.
 */
export function measure(nodes: readonly SchemaNode[]): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes.toReversed()) {
      const [height, size] = leastOf(node);
      if (height === node.height && size === node.size) continue;
      [node.height, node.size, changed] = [height, size, true];
    }
  }
}

/** The branch that ends soonest. */
export function lowestBranch(branches: readonly SchemaNode[]): SchemaNode | undefined {
  const [first, ...others] = branches;
  if (first === undefined) return undefined;
  return others.reduce((lowest, branch) => (isLower(branch, lowest) ? branch : lowest), first);
}

function isLower(left: SchemaNode, right: SchemaNode): boolean {
  return left.height === right.height ? left.size < right.size : left.height < right.height;
}

function leastOf({ shape }: SchemaNode): readonly [height: number, size: number] {
  if (shape.kind === "choice") {
    const lowest = lowestBranch(shape.branches);
    return lowest === undefined ? [Infinity, Infinity] : [lowest.height, lowest.size];
  }
  if (shape.kind === "array") {
    if (shape.minItems === 0) return [1, 1];
    return [1 + shape.items.height, 1 + shape.minItems * shape.items.size];
  }
  if (shape.kind !== "object") return [1, 1];
  const required = shape.members.filter((member) => member.required).map(({ node }) => node);
  const heights = required.map(({ height }) => height);
  return [
    1 + heights.reduce((most, height) => Math.max(most, height), 0),
    required.reduce((sum, { size }) => sum + size, 1),
  ];
}
