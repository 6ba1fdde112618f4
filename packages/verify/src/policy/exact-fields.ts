import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed, MalformedError } from "../encoding/malformed.ts";

/** Controls, formatting such as changes of direction, and line ends: what makes a terminal show something else. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Refuses null for a field of an object: it reads like "anything" to one and like "nothing" to another. */
export function withoutNull<T>(known: Field<T>): Field<T> {
  return (value) => {
    const empty = isJsonObject(value) ? Object.keys(value).find((name) => value[name] === null) : undefined;
    if (empty !== undefined) {
      const message = `has null for "${empty.slice(0, 60)}"; leave out what is not wanted`;
      throw new MalformedError(message, { path: [empty] });
    }
    return known(value);
  };
}

/** A list with something in it; each item's place stands in the message. */
export function nonEmpty<T>(list: Field<readonly T[]>): Field<readonly T[]> {
  return (value) => {
    const items = list(value);
    return items.length > 0 ? items : malformed("must be a list that is not empty");
  };
}

/** A list of texts of which none stands there twice. */
export function distinct<T extends string>(list: Field<readonly T[]>): Field<readonly T[]> {
  return (value) => {
    const items = list(value);
    return new Set(items).size === items.length ? items : malformed("must not name anything twice");
  };
}

/** A whole number from 1 that a double holds exactly. */
export const positive: Field<number> = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 1
    ? value
    : malformed("must be a whole number from 1");

/** A text of 1 to `maxLength` characters that prints on one line as what it is: no controls, no invisible characters. */
export function line(maxLength: number): Field<string> {
  return (value) => {
    const said = text(value);
    if (said.trim() === "") malformed("must not be empty");
    if (Array.from(said).length > maxLength) malformed(`must have at most ${maxLength} characters`);
    return INVISIBLE.test(said) ? malformed("must not hold control or invisible characters") : said;
  };
}

/** The one member of the table that the object has; which others it may have beside is the reader's to check. */
export function onlyOperator(value: JsonValue | undefined, operators: readonly string[]): string {
  const given = isJsonObject(value) ? operators.filter((name) => Object.hasOwn(value, name)) : [];
  const [only] = given;
  return only !== undefined && given.length === 1 ? only : malformed(`needs exactly one of ${operators.join(", ")}`);
}
