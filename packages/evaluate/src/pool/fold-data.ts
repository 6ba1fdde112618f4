import type { DataState, DataUpdate } from "./data-history.ts";

/** Any JSON value; objects are told by where they stand. */
type Tree = unknown;

/** TypeScript does not know these parts of ECMAScript's JSON yet. */
interface ExactJson {
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): Tree;
  rawJSON(text: string): object;
}

const exactJson = JSON as unknown as ExactJson;
/** Where a double might print another text; inside a string it only costs time. */
const BEYOND_DOUBLE = /[0-9][.eE]|[0-9]{16}/;

/** The documents with their patches in them, every number with its own text. */
export function foldData({ base, patches }: DataState): Uint8Array {
  const root = parse(base) as Record<string, Tree>;
  for (const patch of patches) applyPatch(root, patch);
  return Buffer.from(JSON.stringify(root));
}

function parse(json: Uint8Array): Tree {
  const text = Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString();
  if (!BEYOND_DOUBLE.test(text)) return JSON.parse(text) as Tree;
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? exactJson.rawJSON(source) : value,
  );
}

function applyPatch(root: Record<string, Tree>, { path = [], json }: DataUpdate): void {
  let parent = root;
  for (const key of path.slice(0, -1)) {
    const child = Object.hasOwn(parent, key) ? parent[key] : undefined;
    if (child === undefined && json === undefined) return;
    if (child === undefined) put(parent, key, {});
    parent = parent[key] as Record<string, Tree>;
  }
  const last = path.at(-1) ?? "";
  if (json === undefined) Reflect.deleteProperty(parent, last);
  else put(parent, last, parse(json));
}

/** Also for a key that is called `__proto__`. */
function put(object: Record<string, Tree>, key: string, value: Tree): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
