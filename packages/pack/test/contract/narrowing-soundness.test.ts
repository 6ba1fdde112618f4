import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import { findNarrowings } from "../../src/contract/schema/narrowing.ts";
import type { JsonObject, JsonValue } from "../../src/json.ts";

const SEED = Number(process.env["POLICY_PACK_TEST_SEED"] ?? 42);
const ROUNDS = 400;
const INPUTS = 40;

/** Numbers below 1, the same ones for a seed on every machine (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = createRandom(SEED);
const below = (end: number): number => Math.floor(random() * end);
const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;
const maybe = (share: number): boolean => random() < share;
const some = (share: number, fields: JsonObject): JsonObject => (maybe(share) ? fields : {});

const NAMES = ["a", "b", "c"];
const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];
const VALUES: readonly JsonValue[] = [null, true, 0, 1, 1.5, -3, "", "x", "xyz", [], [1, "x"], {}, { a: 1 }];

/** A schema whose objects are closed: undeclared names of open ones are promised nothing. */
function randomSchema(depth: number): JsonObject {
  if (maybe(0.15)) return { enum: VALUES.filter((value) => value === 0 || maybe(0.5)) };
  if (depth > 0 && maybe(0.1)) return { anyOf: [randomSchema(depth - 1), randomSchema(depth - 1)] };
  const type = maybe(0.3) ? [...new Set([oneOf(TYPES), oneOf(TYPES)])] : oneOf(TYPES);
  return {
    type,
    ...some(0.3, { minimum: below(4) - 2 }),
    ...some(0.3, { exclusiveMaximum: below(4) }),
    ...some(0.2, { multipleOf: oneOf([0.5, 1, 2]) }),
    ...some(0.2, { minLength: below(3) }),
    ...some(0.2, { maxItems: below(3) }),
    ...some(0.2, { uniqueItems: true }),
    ...(depth > 0 ? some(0.5, { items: randomSchema(depth - 1) }) : {}),
    properties: depth > 0 ? randomFields(depth - 1) : {},
    ...some(0.4, { required: NAMES.filter(() => maybe(0.3)) }),
    additionalProperties: false,
  };
}

function randomFields(depth: number): JsonObject {
  return Object.fromEntries(NAMES.filter(() => maybe(0.6)).map((name) => [name, randomSchema(depth)]));
}

/** The schema with a keyword taken away, added or changed, somewhere. */
function changedSchema(schema: JsonObject, depth: number): JsonObject {
  if (maybe(0.4)) return { ...schema, ...randomSchema(depth), ...some(0.5, { type: schema["type"] ?? "null" }) };
  const keys = Object.keys(schema).filter((key) => key !== "additionalProperties");
  const gone = oneOf(keys);
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== gone || maybe(0.2)));
}

function randomValue(depth: number): JsonValue {
  if (depth === 0 || maybe(0.5)) return oneOf(VALUES);
  if (maybe(0.4)) return Array.from({ length: below(4) }, () => randomValue(depth - 1));
  return Object.fromEntries(NAMES.filter(() => maybe(0.5)).map((name) => [name, randomValue(depth - 1)]));
}

describe(`findNarrowings (seed ${SEED})`, () => {
  it("finds nothing only where every input that was taken is taken still", () => {
    const ajv = new Ajv({ strict: false });
    let silent = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const base = randomSchema(2);
      const next = changedSchema(base, 2);
      if (findNarrowings(base, next).length > 0) continue;
      silent += 1;
      const [was, is] = [ajv.compile(base), ajv.compile(next)];
      for (let count = 0; count < INPUTS; count += 1) {
        const value = randomValue(3);
        if (was(value) && !is(value)) throw new Error(JSON.stringify({ base, next, value }));
      }
    }
    // Otherwise the loop above has proven nothing.
    expect(silent).toBeGreaterThan(ROUNDS / 10);
  });
});
