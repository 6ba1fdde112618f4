import { ExactNumber, wellFormed } from "../log-value.ts";
import type { LogObject, LogValue } from "../log-value.ts";

export type MaskedPart = "input" | "result" | "nd_builtin_cache";

/** One thing to take out of a record, or to put in its place. */
export interface MaskRule {
  readonly op: "remove" | "upsert";
  readonly part: MaskedPart;
  /** Within the part; empty for the whole of it. */
  readonly path: readonly string[];
  readonly value: LogValue;
}

const PARTS: readonly string[] = ["input", "result", "nd_builtin_cache"];

/** The rules are not what a mask may answer: what they would have hidden is unknown. */
export class MaskError extends Error {}

/**
 * Reads what `system/log/mask` answers: a list of paths such as `/input/password`, or of `{"op", "path", "value"}`.
 *
 * @throws MaskError for anything else
 * @see https://www.openpolicyagent.org/docs/management-decision-logs#masking-sensitive-data
 */
export function parseMaskRules(value: LogValue): readonly MaskRule[] {
  if (!Array.isArray(value)) throw new MaskError("the mask is no set or list of rules");
  return (value as readonly LogValue[]).map(toRule);
}

function toRule(rule: LogValue): MaskRule {
  if (typeof rule === "string") return { op: "remove", ...toPath(rule), value: null };
  if (!isRecord(rule)) throw new MaskError("a mask rule is neither a path nor an object");
  const { op, path, value = null } = rule;
  if (op !== "remove" && op !== "upsert") throw new MaskError('a mask rule has an "op" that is not remove or upsert');
  if (typeof path !== "string") throw new MaskError('a mask rule has no "path"');
  return { op, ...toPath(path), value };
}

function toPath(path: string): Pick<MaskRule, "part" | "path"> {
  if (!path.startsWith("/")) throw new MaskError("the path of a mask rule does not start with a slash");
  const [part = "", ...rest] = path.slice(1).split("/");
  if (!PARTS.includes(part)) throw new MaskError("a mask rule is about no part of a record that can be masked");
  for (const key of rest) checkEscapes(key);
  return { part: part as MaskedPart, path: rest };
}

function checkEscapes(key: string): void {
  try {
    decodeURIComponent(key);
  } catch {
    throw new MaskError("the path of a mask rule has a percent sign that escapes nothing");
  }
}

export function isRecord(value: LogValue | undefined): value is LogObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

const UNESCAPED = /%(24|26|2B|3D|3A|40)/g;
const ESCAPED = /[!'()*]/g;

/** A path as records list it: each key escaped as OPA escapes it. */
export function describePath({ part, path }: Pick<MaskRule, "part" | "path">): string {
  return `/${[part, ...path.map(escapeKey)].join("/")}`;
}

/** As Go's `url.PathEscape`: `$&+=:@` stay, `!'()*` do not. */
export function escapeKey(key: string): string {
  return encodeURIComponent(wellFormed(key))
    .replace(UNESCAPED, decodeURIComponent)
    .replace(ESCAPED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
