import { describe, expect, it } from "@jest/globals";
import { parse } from "graphql";
import { checkQueryCost } from "../../src/graphql/query-cost.ts";

const LIMITS = { maxBodyBytes: 1, maxTokens: 1, maxDepth: 3, maxFields: 6, maxRootFields: 2 };

function check(text: string): unknown {
  return checkQueryCost(parse(text), LIMITS);
}

/** Each is just within the limits, and one step beyond them. */
const EDGES: readonly (readonly [string, string, string])[] = [
  ["depth", "{ a { b { c } } }", "{ a { b { c { d } } } }"],
  ["depth by inline fragments", "{ a { ... { b { ... { c } } } } }", "{ a { ... { b { c { ... { d } } } } } }"],
  [
    "depth by fragments",
    "{ a { ...f } } fragment f on A { b { c } }",
    "{ a { ...f } } fragment f on A { b { c { d } } }",
  ],
  ["fields", "{ a { b c d e f } }", "{ a { b c d e f g } }"],
  [
    "fields by fragments used twice",
    "{ a { ...f } b { ...f } } fragment f on A { c d }",
    "{ a { ...f } b { ...f } } fragment f on A { c d e }",
  ],
  ["questions", "{ a b }", "{ a b c }"],
  ["questions by aliases", "{ x: a y: a }", "{ x: a y: a z: a }"],
  ["questions by fragments", "{ ...f ...f } fragment f on Q { a }", "{ ...f ...f ...f } fragment f on Q { a }"],
  ["operations", "{ a }", "query b { a } query c { a }"],
];

describe("checkQueryCost", () => {
  it.each(EDGES)("limits %s", (_what, within, beyond) => {
    expect(check(within)).toBeDefined();
    expect(() => check(beyond)).toThrow(expect.objectContaining({ code: "QUERY_REFUSED" }));
  });

  it("weighs fragments that double each other a hundred times without unfolding them", () => {
    const fragments = Array.from({ length: 100 }, (_, i) => `fragment f${i} on Q { ...f${i + 1} ...f${i + 1} }`);
    const text = `{ ...f0 } ${fragments.join(" ")} fragment f100 on Q { a }`;
    expect(() => check(text)).toThrow(expect.objectContaining({ code: "QUERY_REFUSED" }));
  });

  it("refuses what takes nothing out", () => {
    for (const text of ["mutation { a }", "subscription { a }", "fragment f on Q { a }"]) {
      expect(() => check(text)).toThrow(expect.objectContaining({ code: "QUERY_REFUSED" }));
    }
  });
});
