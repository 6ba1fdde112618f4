import { isRegoArray } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";

/** A path of `json.patch`: an array of segments of any type, or a JSON pointer, which needs no slash in front. */
export function readPath(path: RegoValue): readonly RegoValue[] {
  if (isRegoArray(path)) return path;
  if (typeof path !== "string") {
    throw new BuiltinError("operand 2 must be one of {set, array} containing string paths or array of path segments");
  }
  if (path === "") return [];
  const start = /[^/]/.exec(path)?.index ?? path.length;
  return path
    .slice(start)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The index that a segment means in an array; `-` is the place behind the last. */
export function readIndex(segment: RegoValue, length: number): number {
  if (segment === "-") return length;
  const text = typeof segment === "string" ? segment : indexText(segment);
  const match = /^([+-]?)([0-9]+)(?:\.0*)?$/.exec(text);
  const [, sign = "", digits = ""] = match ?? [];
  if (match === null || text.length - sign.length > 19) throw new BuiltinError("invalid string for indexing");
  if (typeof segment === "string" && text !== "0" && text.startsWith("0")) {
    throw new BuiltinError("leading zeros are not allowed in JSON paths");
  }
  return Number(`${sign}${digits}`);
}

function indexText(segment: RegoValue): string {
  if (typeof segment === "bigint") return String(segment);
  if (segment !== null && typeof segment === "object" && "text" in segment) return segment.text;
  throw new BuiltinError("invalid type for indexing");
}
