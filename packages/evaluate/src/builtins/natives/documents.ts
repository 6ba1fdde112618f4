import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { keyOf } from "../json/value-key.ts";
import { objectOperand } from "../operands.ts";

/** Places in a document: what stands below a key, or `LEAF` for all that is there. */
interface Paths {
  readonly members: Map<string, Paths | typeof LEAF>;
}

const LEAF = null;
const MAX_DEPTH = 10_000;

/** The paths of an array or set, each a text with slashes or an array of keys. */
function pathsOperand(operand: RegoValue | undefined): Paths {
  const paths = operand instanceof RegoSet ? operand.members : operand;
  if (paths === undefined || paths === null || !isRegoArray(paths)) {
    throw new BuiltinError("operand 2 must be one of {set, array}");
  }
  const root: Paths = { members: new Map() };
  for (const path of paths.map(segmentsOf)) addPath(root, path);
  return root;
}

function segmentsOf(path: RegoValue): readonly RegoValue[] {
  if (path === "") return [];
  if (typeof path === "string") {
    return path
      .replace(/^\/+/, "")
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  if (isRegoArray(path)) return path;
  throw new BuiltinError("operand 2 must be one of {set, array} containing string paths or array of path segments");
}

/** A path below one that already takes all says nothing new. */
function addPath(root: Paths, path: readonly RegoValue[]): void {
  if (path.length > MAX_DEPTH) throw new RangeError(`a path of over ${MAX_DEPTH} keys`);
  let node = root;
  for (const segment of path.slice(0, -1)) {
    const key = keyOf(segment);
    const child = node.members.get(key);
    if (child === LEAF) return;
    const next = child ?? { members: new Map() };
    node.members.set(key, next);
    node = next;
  }
  const last = path.at(-1);
  if (last !== undefined) node.members.set(keyOf(last), LEAF);
}

/** The keys of a value's members as paths name them: an array's are texts. */
function indexKey(index: number): string {
  return keyOf(String(index));
}

function filter(value: RegoValue, paths: Paths | typeof LEAF): RegoValue {
  if (paths === LEAF) return value;
  const { members } = paths;
  if (value instanceof RegoObject) {
    return new RegoObject(
      value.entries.flatMap(([key, item]) => {
        const below = members.get(keyOf(key));
        return below === undefined ? [] : [[key, filter(item, below)] as const];
      }),
    );
  }
  if (value instanceof RegoSet)
    return new RegoSet(value.members.flatMap((item) => kept(item, members.get(keyOf(item)))));
  if (isDocumentArray(value)) return value.flatMap((item, index) => kept(item, members.get(indexKey(index))));
  return value;
}

function kept(item: RegoValue, paths: Paths | typeof LEAF | undefined): readonly [] | readonly [RegoValue] {
  return paths === undefined ? [] : [filter(item, paths)];
}

function isDocumentArray(value: RegoValue): value is readonly RegoValue[] {
  return value !== null && isRegoArray(value);
}

/** Undefined where nothing is left. */
function remove(value: RegoValue, paths: Paths | typeof LEAF | undefined): RegoValue | undefined {
  if (paths === undefined) return value;
  if (paths === LEAF) return undefined;
  const { members } = paths;
  const left = (item: RegoValue, key: string): readonly RegoValue[] => {
    const rest = remove(item, members.get(key));
    return rest === undefined ? [] : [rest];
  };
  if (value instanceof RegoObject) {
    return new RegoObject(
      value.entries.flatMap(([key, item]) => left(item, keyOf(key)).map((rest) => [key, rest] as const)),
    );
  }
  if (value instanceof RegoSet) return new RegoSet(value.members.flatMap((item) => left(item, keyOf(item))));
  if (isDocumentArray(value)) return value.flatMap((item, index) => left(item, indexKey(index)));
  return value;
}

/** Later objects win, and objects that both have are merged in turn. */
function union(left: RegoObject, right: RegoObject): RegoObject {
  const merged = new Map(left.entries.map((entry) => [keyOf(entry[0]), entry] as const));
  for (const [key, item] of right.entries) {
    const before = merged.get(keyOf(key))?.[1];
    const both = before instanceof RegoObject && item instanceof RegoObject;
    merged.set(keyOf(key), [key, both ? union(before, item) : item]);
  }
  return new RegoObject([...merged.values()]);
}

/** The module runs out of its memory on some paths that name nothing, and has no union of no objects. */
export const DOCUMENT_NATIVES: BuiltinFamily = {
  "json.filter": (operands) => filter(objectOperand(operands, 1), pathsOperand(operands[1])),
  "json.remove": (operands) => {
    const rest = remove(objectOperand(operands, 1), pathsOperand(operands[1]));
    if (rest === undefined) throw new BuiltinError("nothing is left");
    return rest;
  },
  "object.union_n": ([operand]) => {
    if (operand === undefined || operand === null || !isRegoArray(operand)) {
      throw new BuiltinError("operand 1 must be array");
    }
    const objects = operand.filter((item) => item instanceof RegoObject);
    if (objects.length < operand.length) throw new BuiltinError("operand 1 must be array of objects");
    return objects.reduce(union, new RegoObject([]));
  },
};
