import { compareValues, RegoObject } from "../../values/values.ts";
import type { RegoArray, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { Budget } from "./budget.ts";
import { EditTree } from "./edit-tree.ts";
import type { Path } from "./edit-tree.ts";
import { readPath } from "./pointer.ts";

/**
 * OPA's `json.patch`: RFC 6902 on any value, with paths into sets too. Where OPA itself crashes (`remove` of the whole
 * document, and some mixed insertions into one array) the first is an error here and the others follow the RFC.
 *
 * @throws RangeError when copies of copies, or edits of long arrays, take more steps than a decision is worth
 */
export function applyPatch(source: RegoValue, operations: RegoArray): RegoValue {
  const budget = new Budget();
  const tree = new EditTree(source, budget);
  for (const operation of operations) {
    if (!(operation instanceof RegoObject)) throw new BuiltinError("an element of the patch is not an object");
    applyOperation(tree, new Map(operation.entries));
  }
  const patched = tree.render();
  budget.weigh(patched);
  return patched;
}

type Operation = ReadonlyMap<RegoValue, RegoValue>;

const OPERATIONS: ReadonlyMap<RegoValue, (tree: EditTree, path: Path, operation: Operation) => void> = new Map([
  ["add", add],
  ["copy", copy],
  ["move", move],
  ["remove", remove],
  ["replace", replace],
  ["test", test],
]);

function applyOperation(tree: EditTree, operation: Operation): void {
  const path = readPath(attribute(operation, "path"));
  const apply = OPERATIONS.get(attribute(operation, "op"));
  if (apply === undefined) throw new BuiltinError("unrecognized op, or one that is not a string");
  apply(tree, path, operation);
}

function add(tree: EditTree, path: Path, operation: Operation): void {
  tree.insert(path, attribute(operation, "value"));
}

function remove(tree: EditTree, path: Path): void {
  tree.remove(path);
}

function replace(tree: EditTree, path: Path, operation: Operation): void {
  tree.remove(path);
  tree.insert(path, attribute(operation, "value"));
}

function move(tree: EditTree, path: Path, operation: Operation): void {
  const from = readPath(attribute(operation, "from"));
  const value = tree.read(from);
  tree.remove(from);
  tree.insert(path, value);
}

function copy(tree: EditTree, path: Path, operation: Operation): void {
  tree.insert(path, tree.read(readPath(attribute(operation, "from"))));
}

function test(tree: EditTree, path: Path, operation: Operation): void {
  if (compareValues(tree.read(path), attribute(operation, "value")) === 0) return;
  throw new BuiltinError("the value at the tested path is another");
}

function attribute(operation: Operation, name: string): RegoValue {
  const value = operation.get(name);
  if (value === undefined) throw new BuiltinError(`missing required attribute '${name}'`);
  return value;
}
