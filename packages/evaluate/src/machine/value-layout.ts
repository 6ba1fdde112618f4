/**
 * Where OPA's C structures keep what, in bytes from a value's address (wasm32, little endian).
 *
 * @see https://github.com/open-policy-agent/opa/blob/v1.20.2/wasm/src/value.h
 */
export const LAYOUT = Object.freeze({
  type: {
    null: 1,
    boolean: 2,
    number: 3,
    string: 4,
    array: 5,
    object: 6,
    set: 7,
    internedString: 8,
    internedBoolean: 9,
  },
  boolean: { value: 1 },
  number: { kind: 1, integer: 8, text: 8, length: 12, owned: 16, size: 24, integerKind: 1, textKind: 2 },
  string: { owned: 1, length: 4, start: 8, size: 12 },
  array: { elements: 4, length: 8, capacity: 12, size: 16 },
  arrayElement: { index: 0, value: 4, size: 8 },
  /** Objects and sets: a table of chains, each sorted by key. */
  table: { buckets: 4, bucketCount: 8, length: 12, size: 16 },
  objectElement: { key: 0, value: 4, next: 8, size: 12 },
  setElement: { value: 0, next: 4, size: 8 },
  /** What `eval` is given. */
  context: { input: 0, data: 4, result: 8, entrypoint: 12, size: 16 },
} as const);

/** A table doubles before its keys outgrow 0.7 of its chains. */
export const TABLE = Object.freeze({ minBuckets: 8, maxLoad: 0.7 });

/** FNV-1 over a string's bytes, which says in which chain a key stands. */
export const HASH = Object.freeze({ start: 0x811c9dc5, prime: 0x01000193 });
