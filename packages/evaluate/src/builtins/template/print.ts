import { sprintf } from "../strings/go-printf.ts";
import type { FormattedArgument } from "../strings/go-printf.ts";
import { emptyFlags, formatDouble, formatInteger, formatString, pad } from "../strings/go-verbs.ts";
import type { Flags } from "../strings/go-verbs.ts";
import { GoByte, GoJsonNumber, GoMap, GoSlice, stringKind, typeName } from "./values.ts";
import type { GoValue } from "./values.ts";

/** A width may be a million, and is taken for each item of a list. */
const MAX_UNITS = 32 * 1024 * 1024;

/** Go's fmt.Sprint: a space between two values of which none is a string. */
export function printAll(values: readonly GoValue[]): string {
  return values
    .map((value, index) => {
      const isJoined = index === 0 || stringKind(value) !== undefined || stringKind(values[index - 1]) !== undefined;
      return (isJoined ? "" : " ") + format(value, "v", emptyFlags());
    })
    .join("");
}

/** Go's fmt.Sprintln. */
export function printLine(values: readonly GoValue[]): string {
  return `${values.map((value) => format(value, "v", emptyFlags())).join(" ")}\n`;
}

/** Go's fmt.Sprintf; the format comes first. */
export function formatAll([text, ...values]: readonly GoValue[]): string {
  if (typeof text !== "string") throw new TypeError("a format is a string");
  return sprintf(text, values.map(toArgument));
}

function toArgument(value: GoValue): FormattedArgument {
  const integer = value instanceof GoByte ? value.value : typeof value === "bigint" ? value : undefined;
  return { typeName: typeName(value), integer, format: (verb, flags) => format(value, verb, flags) };
}

function format(value: GoValue, verb: string, flags: Flags): string {
  if (value === undefined || value === null) return verb === "v" ? pad("<nil>", flags) : `%!${verb}(<nil>)`;
  if (verb === "p" && (value instanceof GoSlice || value instanceof GoMap)) {
    throw new RangeError("%p of a list or a map shows Go's memory");
  }
  return formatInside(value, verb, flags);
}

/** A value in a list or a map, where a nil stands for itself whatever the verb. */
function formatInside(value: GoValue, verb: string, flags: Flags): string {
  if (value === undefined || value === null) return flags.sharpV ? "interface {}(nil)" : "<nil>";
  if (value instanceof GoSlice) return formatList(value, verb, flags);
  if (value instanceof GoMap) return formatMap(value, verb, flags);
  return formatScalar(value, verb, flags) ?? badVerb(value, verb, flags);
}

function badVerb(value: Scalar, verb: string, flags: Flags): string {
  return `%!${verb}(${typeName(value)}=${formatScalar(value, "v", flags) ?? ""})`;
}

type Scalar = boolean | bigint | number | string | GoByte | GoJsonNumber;

function formatScalar(value: Scalar, verb: string, flags: Flags): string | undefined {
  if (typeof value === "boolean") return verb === "t" || verb === "v" ? pad(String(value), flags) : undefined;
  if (typeof value === "bigint") return formatInteger(value, verb, flags);
  if (typeof value === "number") return formatDouble(value, verb, flags);
  if (value instanceof GoByte) {
    const isGoSyntax = verb === "v" && flags.sharpV;
    return formatInteger(value.value, isGoSyntax ? "x" : verb, isGoSyntax ? { ...flags, sharp: true } : flags);
  }
  return formatString(value instanceof GoJsonNumber ? value.text : value, verb, flags);
}

function formatList(list: GoSlice, verb: string, flags: Flags): string {
  const items = bounded(list.values(), (item) => formatInside(item, verb, flags));
  return flags.sharpV ? `${typeName(list)}{${items.join(", ")}}` : `[${items.join(" ")}]`;
}

function formatMap(map: GoMap, verb: string, flags: Flags): string {
  const items = bounded([...map.entries], ([key, item]) => {
    return `${formatInside(key, verb, flags)}:${formatInside(item, verb, flags)}`;
  });
  return flags.sharpV ? `${typeName(map)}{${items.join(", ")}}` : `map[${items.join(" ")}]`;
}

function bounded<T>(items: readonly T[], text: (item: T) => string): string[] {
  let units = 0;
  return items.map((item) => {
    const part = text(item);
    units += part.length + 2;
    if (units > MAX_UNITS) throw new RangeError(`the text exceeds ${MAX_UNITS} characters`);
    return part;
  });
}
