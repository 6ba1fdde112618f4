import { describe, expect, it } from "@jest/globals";
import { jsonText } from "@policy-pack/evaluate";
import { canonicalJson } from "@policy-pack/pack";
import fc from "fast-check";

import { canonicalText, parseLogValue, UnwritableError } from "../src/log-value.ts";

const SEED = Number(process.env["DECISION_LOG_SEED"] ?? 20261120);

describe("canonicalText", () => {
  it(`is the canonical JSON of packages/pack for what both take (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(canonicalText(value, Infinity)).toBe(canonicalJson(value as never));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it.each([
    ["integers beyond a double", 2n ** 70n, "1180591620717411303424"],
    [
      "numbers as JSON text has them",
      jsonText('{"b":1.0,"a":[12345678901234567890,1e2,-0,0.1]}'),
      '{"a":[12345678901234567890,1e2,-0,0.1],"b":1.0}',
    ],
    ["JSON bytes", Buffer.from(' {"b" : 1, "a": "\\u0041"} '), '{"a":"A","b":1}'],
    ["a key that is called __proto__", jsonText('{"__proto__":{"x":1}}'), '{"__proto__":{"x":1}}'],
    ["half a surrogate pair", { "\ud800": "\udc00" }, '{"\ufffd":"\ufffd"}'],
    ["a set, as the list of its members", { s: new Set([2, "b", 1, 1n]) }, '{"s":["b",1,2]}'],
    [
      "a map, whose keys are texts",
      new Map<unknown, unknown>([
        [[1, new Set([2])], 1],
        ["__proto__", 2],
        [3, new Map()],
      ]),
      '{"3":{},"[1,[2]]":1,"__proto__":2}',
    ],
    ["undefined properties, left out", { a: undefined, b: null }, '{"b":null}'],
  ])("keeps %s", (_case, value, expected) => {
    expect(canonicalText(value, Infinity)).toBe(expected);
  });

  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  it.each([
    ["a function", { a: () => 1 }],
    ["NaN", [Number.NaN]],
    ["a hole", Array.from({ length: 2 })],
    ["a cycle", cycle],
    ["no JSON", jsonText("{")],
    ["bytes that are no JSON", Buffer.from("{")],
  ])("throws for %s", (_case, value) => {
    expect(() => canonicalText(value, Infinity)).toThrow(UnwritableError);
  });

  it.each(["x".repeat(20), { a: "ä".repeat(9) }, Array.from({ length: 30 }, () => 1)])(
    "throws beyond its cap",
    (value) => {
      expect(() => canonicalText(value, 20)).toThrow(UnwritableError);
    },
  );
});

describe("parseLogValue", () => {
  it.each(["1.0", "1e400", "[1,2.50,100000000000000000000]", '{"a":-0.0}'])("gives %s back as it was", (text) => {
    expect(canonicalText(parseLogValue(text), Infinity)).toBe(text);
  });
});
