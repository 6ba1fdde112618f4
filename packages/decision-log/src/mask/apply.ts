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
 * OPA; beyond OPA, a key is also found by its own spelling where OPA only looks for its escaped one, and an item of a list
 * that is the whole part can be removed: where OPA would leave it in the log.
 */
export function applyMask(parts: MaskedParts, rules: readonly MaskRule[]): MaskReport {
  const [erased, masked]: [string[], string[]] = [[], []];
  for (const rule of rules) {
    if (parts[rule.part] === undefined) continue;
    if (rule.op === "remove") {
      if (remove(parts, rule)) erased.push(describePath(rule));
    } else if (upsert(parts, rule)) masked.push(describePath(rule));
  }
  return { erased, masked };
}

type Tree = LogValue[] | Record<string, LogValue>;

function remove(parts: MaskedParts, { part, path }: MaskRule): boolean {
  const last = path.at(-1);
  if (last === undefined) {
    parts[part] = undefined;
    return true;
  }
  let node: LogValue | undefined = parts[part];
  for (const key of path.slice(0, -1)) node = childOf(node, key);
  if (Array.isArray(node)) {
    const index = indexOf(node, last);
    if (index !== undefined) node.splice(index, 1);
    return index !== undefined;
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

/** The keys that a path's part may mean: as OPA escapes it, as it is written, or as it reads unescaped. */
function keysOf(node: LogObject, name: string): readonly string[] {
  return [escapeKey(name), name, decodeURIComponent(name)].filter((key) => Object.hasOwn(node, key));
}

function indexOf(items: readonly LogValue[], name: string): number | undefined {
  if (!/^[+-]?[0-9]{1,9}$/.test(name)) return undefined;
  const index = Number(name);
  return index >= 0 && index < items.length ? index : undefined;
}
