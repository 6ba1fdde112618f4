import { FormatError, isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { decodeBase64 } from "./base64.ts";
import { malformed, MalformedError } from "./malformed.ts";
import { nearestName } from "./nearest-name.ts";

/** Turns one JSON value (undefined when the field is absent) into what it means, or throws MalformedError. */
export type Field<T> = (value: JsonValue | undefined) => T;

type FieldTable = Readonly<Record<string, Field<unknown>>>;
type Decoded<Table extends FieldTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Field<infer T> ? T : never;
};

/**
 * A JSON object with exactly the fields of the table: an unknown one is refused, so nothing that is not looked at can
 * travel along. A field that is null counts as absent (ProtoJSON).
 */
export function object<Table extends FieldTable>(table: Table): Field<Decoded<Table>> {
  const known = openObject(table);
  return (value) => {
    for (const name of isJsonObject(value) ? Object.keys(value) : []) {
      if (!Object.hasOwn(table, name)) throw unknownField(name, Object.keys(table));
    }
    return known(value);
  };
}

function unknownField(name: string, known: readonly string[]): MalformedError {
  const meant = nearestName(name, known);
  const advice = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  return new MalformedError(`has the unknown field "${name.slice(0, 60)}"${advice}`, { path: [name] });
}

/** A JSON object with at least the fields of the table, for signed documents whose format lets them grow. */
export function openObject<Table extends FieldTable>(table: Table): Field<Decoded<Table>> {
  const fields = Object.entries(table);
  return (value) => {
    if (!isJsonObject(value)) return malformed("must be an object");
    const own = (name: string): JsonValue | undefined => (Object.hasOwn(value, name) ? value[name] : undefined);
    return Object.fromEntries(
      fields.map(([name, field]) => [name, at(name, field, own(name) ?? undefined)]),
    ) as Decoded<Table>;
  };
}

/** An absent array is an empty one (ProtoJSON drops both). */
export function array<T>(item: Field<T>, maxItems: number): Field<readonly T[]> {
  return (value) => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return malformed("must be an array");
    if (value.length > maxItems) {
      throw new FormatError("LIMIT_EXCEEDED", `A list has ${value.length} items; at most ${maxItems} are read.`);
    }
    return value.map((element: JsonValue, index) => at(`${index}`, item, element));
  };
}

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return (value) => (value === undefined ? undefined : field(value));
}

export const text: Field<string> = (value) => (typeof value === "string" ? value : malformed("must be a string"));

/** A string out of a closed list. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Field<T> {
  return (value) =>
    allowed.find((candidate) => candidate === value) ?? malformed(`must be ${allowed.slice(0, 4).join(" or ")}`);
}

/** Bytes in canonical base64, at least one. */
export const bytes: Field<Buffer> = (value) => {
  const decoded = decodeBase64(text(value));
  return decoded.length > 0 ? decoded : malformed("must not be empty");
};

/** Bytes in lower-case hex, of exactly the given length. */
export function hex(length: number): Field<Buffer> {
  return (value) => {
    const digits = text(value);
    if (digits.length !== 2 * length || !/^[0-9a-f]*$/.test(digits)) malformed(`must be ${length} bytes in hex`);
    return Buffer.from(digits, "hex");
  };
}

const MAX_INT64 = 2n ** 63n - 1n;

/** A decimal integer as text, with one spelling a value. */
export function parseDecimal(digits: string): bigint {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(digits)) malformed("must be a plain decimal integer");
  const number = BigInt(digits);
  return number <= MAX_INT64 ? number : malformed("must fit 63 bits");
}

/** An int64 that is not negative; ProtoJSON writes it as a string and leaves 0 out. */
export const int64: Field<bigint> = (value) => (value === undefined ? 0n : parseDecimal(text(value)));

const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/;

/** A protobuf Timestamp in its JSON form, UTC, in milliseconds since 1970. */
export const timestamp: Field<number> = (value) => {
  const [, whole = "", fraction = ""] = RFC3339.exec(text(value)) ?? malformed("must be a UTC time");
  const iso = `${whole}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  const time = Date.parse(iso);
  return new Date(Number.isNaN(time) ? 0 : time).toISOString() === iso ? time : malformed("must be a time that exists");
};

/** Puts the field's name in front of what is wrong with it. */
function at<T>(name: string, field: Field<T>, value: JsonValue | undefined): T {
  try {
    return field(value);
  } catch (thrown) {
    if (!(thrown instanceof MalformedError)) throw thrown;
    const { message, cause, path } = thrown;
    throw new MalformedError(message.startsWith(".") ? `.${name}${message}` : `.${name} ${message}`, {
      ...(cause === undefined ? {} : { cause }),
      path: [name, ...path],
    });
  }
}
