import type { SourceFile } from "./entries.ts";
import { compareBytes } from "./fields.ts";
import { FormatError } from "./errors.ts";
import { isExactObject, toPlainNumbers } from "./exact-json.ts";
import type { ExactDocument, ExactJson, ExactObject } from "./exact-json.ts";
import { parseExactJson } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { quotePath } from "./path.ts";

type Tree = Map<string, Tree | ExactJson>;

/** `\u0000` in a JSON text whose backslash is not itself escaped; JSON has no other spelling of U+0000. */
const HOLDS_NUL = /(?:^|[^\\])(?:\\\\)*\\u0000/;

/**
 * The base documents: each `data/<folders>/data.json` parsed and placed at its folders' path in `data`, all merged.
 * Other files under `data/`, two documents that give one path different values, and texts with U+0000 are refused: OPA's
 * module may end a text there, stock OPA does not, and the two would decide differently. A number that no double has is
 * the nearest one here; `exactJsonOf` has all as they were written.
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED | ARCHIVE_INVALID
 */
export function mergeData(files: readonly SourceFile[]): JsonObject {
  const { value, isPlain } = mergeExactData(files);
  return (isPlain ? value : toPlainNumbers(value)) as JsonObject;
}

/** As `mergeData`, with every number as it was written. */
export function mergeExactData(files: readonly SourceFile[]): ExactDocument<ExactObject> {
  const root: Tree = new Map();
  let isPlain = true;
  for (const { path, bytes } of files.toSorted((left, right) => compareBytes(left.path, right.path))) {
    if (!path.startsWith("data/")) continue;
    const segments = path.split("/").slice(1);
    if (segments.pop() !== "data.json") {
      throw new FormatError("ARCHIVE_INVALID", `${quotePath(path)} is not a data.json; data/ holds no other files.`);
    }
    const code = "MANIFEST_INVALID";
    const document = parseExactJson(bytes, { maxBytes: LIMITS.maxFileBytes, code, what: quotePath(path) });
    if (HOLDS_NUL.test(Buffer.from(bytes).toString("latin1"))) {
      throw new FormatError(
        code,
        `${quotePath(path)} holds U+0000 in a text; a compiled policy would end the text there.`,
      );
    }
    isPlain &&= document.isPlain;
    const placed = segments.reduceRight<ExactJson>((inner, segment) => toObject([[segment, inner]]), document.value);
    if (!isExactObject(placed))
      throw new FormatError(code, `${quotePath(path)} must hold an object at the top of data.`);
    merge(root, placed, path);
  }
  return { value: fromTree(root), isPlain };
}

/** Opens an object only where a second document reaches into it: most values are placed as they were parsed. */
function merge(tree: Tree, value: ExactObject, path: string): void {
  for (const [key, item] of Object.entries(value)) {
    const present = tree.get(key);
    const inner =
      present instanceof Map ? present : isExactObject(present) ? new Map(Object.entries(present)) : undefined;
    if (present === undefined) tree.set(key, item);
    else if (inner !== undefined && isExactObject(item)) {
      tree.set(key, inner);
      merge(inner, item, path);
    } else {
      throw new FormatError("MANIFEST_INVALID", `${quotePath(path)} gives ${quotePath(key)} a value that another has.`);
    }
  }
}

function fromTree(tree: Tree): ExactObject {
  return toObject([...tree].map(([key, item]) => [key, item instanceof Map ? fromTree(item) : item]));
}

/** Sets every key as a property of its own: an assignment to `__proto__` would change the prototype instead. */
function toObject(pairs: readonly (readonly [string, ExactJson])[]): ExactObject {
  return Object.fromEntries(pairs);
}
