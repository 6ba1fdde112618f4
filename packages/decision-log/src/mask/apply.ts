import { ExactNumber } from "../log-value.ts";
import type { LogObject, LogValue } from "../log-value.ts";
import { describePath, escapeKey, isRecord } from "./mask-rule.ts";
import type { MaskedPart, MaskRule } from "./mask-rule.ts";

/** The parts of a record that a mask may change; one that is not there is undefined. */
export type MaskedParts = Partial<Record<MaskedPart, LogValue | undefined>>;

export interface MaskReport {
  readonly erased: readonly string[];
  readonly masked: readonly string[];
}

/**
 * Applies the rules in their order to values of our own, in place. A rule whose path leads nowhere is passed over, as in
 * OPA. Where OPA would leave something in the log, this goes beyond it: a key is also found by its own spelling where OPA
 * only looks for its escaped one, an item of a list that is the whole part can be removed, and the place of an item is
 * that before any other was removed.
 */
export function applyMask(parts: MaskedParts, rules: readonly MaskRule[]): MaskReport {
  const [erased, masked]: [string[], string[]] = [[], []];
  const shortened = new Set<LogValue[]>();
  for (const rule of rules) {
    if (parts[rule.part] === undefined) continue;
    if (rule.op === "remove") {
      if (remove(parts, rule, shortened)) erased.push(describePath(rule));
    } else if (upsert(parts, rule)) masked.push(describePath(rule));
  }
  for (const list of shortened) closeUp(list);
  return { erased, masked };
}

/** Where an item of a list was: the others keep their places until all rules are applied. */
const GONE = new ExactNumber("");

function closeUp(list: LogValue[]): void {
  let kept = 0;
  for (const item of list) if (item !== GONE) list[kept++] = item;
  list.length = kept;
}

type Tree = LogValue[] | Record<string, LogValue>;

function remove(parts: MaskedParts, { part, path }: MaskRule, shortened: Set<LogValue[]>): boolean {
  const last = path.at(-1);
  if (last === undefined) {
    parts[part] = undefined;
    return true;
  }
  let node: LogValue | undefined = parts[part];
  for (const key of path.slice(0, -1)) node = childOf(node, key);
  if (Array.isArray(node)) {
    const index = indexOf(node, last);
    if (index === undefined) return false;
    node[index] = GONE;
    shortened.add(node as LogValue[]);
    return true;
  }
  if (!isRecord(node)) return false;
  const keys = keysOf(node, last);
  for (const key of keys) Reflect.deleteProperty(node, key);
  return keys.length > 0;
}

function upsert(parts: MaskedParts, { part, path, value }: MaskRule): boolean {
  if (path.length === 0) {
    parts[part] = value;
    return true;
  }
  const root = parts[part];
  if (!isRecord(root)) return false;
  let node: Tree = root;
  for (const key of path.slice(0, -1)) {
    const found: LogValue | undefined = childOf(node, key);
    if (found === undefined && Array.isArray(node)) return false;
    const child: LogValue = found ?? {};
    if (found === undefined) put(node, key, child);
    if (!isRecord(child) && !Array.isArray(child)) return false;
    node = child as Tree;
  }
  return put(node, path.at(-1) ?? "", value);
}

function put(node: Tree, name: string, value: LogValue): boolean {
  if (Array.isArray(node)) {
    const index = indexOf(node, name);
    if (index !== undefined) node[index] = value;
    return index !== undefined;
  }
  // Also for a key that is called `__proto__`.
  const key = keysOf(node, name)[0] ?? name;
  Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true });
  return true;
}

function childOf(node: LogValue | undefined, name: string): LogValue | undefined {
  if (Array.isArray(node)) {
    const index = indexOf(node, name);
    return index === undefined ? undefined : (node[index] as LogValue);
  }
  if (!isRecord(node)) return undefined;
  const [key] = keysOf(node, name);
  return key === undefined ? undefined : node[key];
}

/** The keys that a path's part may mean: as OPA escapes it, as it is written, or as it reads unescaped, as JSON Pointers too. */
function keysOf(node: LogObject, name: string): readonly string[] {
  const pointed = name.replaceAll("~1", "/").replaceAll("~0", "~");
  const keys = new Set([escapeKey(name), name, decodeURIComponent(name), pointed]);
  return [...keys].filter((key) => Object.hasOwn(node, key));
}

function indexOf(items: readonly LogValue[], name: string): number | undefined {
  if (!/^[+-]?[0-9]{1,9}$/.test(name)) return undefined;
  const index = Number(name);
  return index >= 0 && index < items.length && items[index] !== GONE ? index : undefined;
}
