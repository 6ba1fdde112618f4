/**
 * Where OPA's C structures keep what, in bytes from a value's address (wasm32, little endian).
 *
 * @see https://github.com/open-policy-agent/opa/blob/v1.20.2/wasm/src/value.h
 */
export const LAYOUT = Object.freeze({
  type: { null: 1, boolean: 2, number: 3, string: 4, array: 5, internedString: 8, internedBoolean: 9 },
  boolean: { value: 1 },
  number: { kind: 1, integer: 8, size: 24, integerKind: 1 },
  string: { owned: 1, length: 4, start: 8, size: 12 },
  array: { elements: 4, length: 8 },
  arrayElement: { value: 4, size: 8 },
} as const);
