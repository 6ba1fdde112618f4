import type { DecisionValue } from "@policy-pack/evaluate";

/** Parts of the language that TypeScript's library does not declare yet. */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}
const json = JSON as unknown as JsonWithSource;

/**
 * A JSON text's value, of which `JSON.stringify` prints every number as the text has it.
 * @throws SyntaxError for what is no JSON
 */
export function exactValue(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? json.rawJSON(source) : value,
  );
}

export interface ValueText {
  /** Integers in full; other numbers as the nearest double. */
  readonly text: string;
  /** Whether it is known to be what the module answers: a number that is no bigint may have been spelled otherwise. */
  readonly isExact: boolean;
}

/** A decision's value as JSON text. */
export function valueText(value: DecisionValue): ValueText {
  if (typeof value === "boolean" || value === null) return { text: String(value), isExact: true };
  let isExact = true;
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return json.rawJSON(String(item));
    if (typeof item === "number") isExact = false;
    return item;
  });
  return { text, isExact };
}
