import { describe, expect, it } from "@jest/globals";
import { FormatError } from "@policy-pack/pack";
import { parseRecordedCases, toCaseInputs } from "../../src/cases/recorded-case.ts";

const one = { name: "a-case", entrypoint: "a/b/allow", input: { x: 1 }, expected: false, why: "Because." };

function parse(value: unknown): ReturnType<typeof parseRecordedCases> {
  return parseRecordedCases(JSON.stringify(value), "some.json");
}

function failure(act: () => unknown): FormatError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof FormatError) return thrown;
  }
  throw new Error("nothing was refused");
}

describe("parseRecordedCases", () => {
  it("returns the cases in their order", () => {
    const other = { ...one, name: "b2", input: null, expected: [{ code: "x" }] };
    expect(parse({ cases: [one, other] })).toEqual([one, other]);
  });

  it("takes null, false, 0 and an empty text as an input and as an answer", () => {
    for (const value of [null, false, 0, ""]) {
      expect(parse({ cases: [{ ...one, input: value, expected: value }] })).toEqual([
        { ...one, input: value, expected: value },
      ]);
    }
  });

  it.each(Object.keys(one))("throws BASELINE_INVALID when %s is missing", (name) => {
    const rest = Object.fromEntries(Object.entries(one).filter(([field]) => field !== name));
    expect(failure(() => parse({ cases: [rest] })).code).toBe("BASELINE_INVALID");
  });

  it.each([
    ["a name with capitals", { name: "Case" }],
    ["a name that ends in a dash", { name: "case-" }],
    ["a name beyond 100 characters", { name: "a".repeat(101) }],
    ["a name that is a number", { name: 7 }],
    ["an entrypoint without a package", { entrypoint: "allow" }],
    ["an entrypoint with a space", { entrypoint: "a/b c" }],
    ["an entrypoint with a control character", { entrypoint: "a/b\u001b" }],
    ["an entrypoint that ends in a slash", { entrypoint: "a/b/" }],
    ["an entrypoint beyond 256 characters", { entrypoint: `a/${"b".repeat(255)}` }],
    ["an empty why", { why: "" }],
    ["a why of spaces", { why: "  " }],
    ["a why of two lines", { why: "a\nb" }],
    ["a why with a line separator", { why: "a\u2028b" }],
    ["a why with a bidirectional override", { why: "a\u202eb" }],
    ["a why beyond 500 characters", { why: "a".repeat(501) }],
    ["an unknown field", { note: "x" }],
  ])("throws BASELINE_INVALID for %s", (_what, change) => {
    expect(failure(() => parse({ cases: [{ ...one, ...change }] })).code).toBe("BASELINE_INVALID");
  });

  it("names the file, the place and the case", () => {
    const refused = failure(() => parse({ cases: [one, { ...one, name: "second", why: 5 }] }));
    expect(refused.message).toContain("some.json: cases[1] (second).why");
  });

  it.each([
    ["no object", []],
    ["no list", { cases: {} }],
    ["another field beside the list", { cases: [], more: 1 }],
    ["a case that is no object", { cases: ["a-case"] }],
    ["one name twice", { cases: [one, one] }],
  ])("throws BASELINE_INVALID for %s", (_what, value) => {
    expect(failure(() => parse(value)).code).toBe("BASELINE_INVALID");
  });

  it("throws BASELINE_INVALID for what is no JSON, or has a key twice", () => {
    expect(failure(() => parseRecordedCases("{", "some.json")).code).toBe("BASELINE_INVALID");
    expect(failure(() => parseRecordedCases('{"cases": [], "cases": []}', "some.json")).code).toBe("BASELINE_INVALID");
  });

  it("throws LIMIT_EXCEEDED beyond 4 MiB, and beyond 10 000 cases", () => {
    expect(failure(() => parseRecordedCases(" ".repeat(4 * 1024 * 1024 + 1), "some.json")).code).toBe("LIMIT_EXCEEDED");
    const many = { cases: Array.from({ length: 10_001 }, () => 0) };
    expect(failure(() => parse(many)).code).toBe("LIMIT_EXCEEDED");
  });
});

describe("toCaseInputs", () => {
  it("returns an input that asks the case's own entrypoint and knows what is expected", () => {
    expect(toCaseInputs([one])).toEqual([
      { id: "a-case", package: "a/b", input: { x: 1 }, origin: "case", entrypoint: "a/b/allow", expected: false },
    ]);
  });

  it("throws BASELINE_INVALID for a name of two files", () => {
    expect(failure(() => toCaseInputs([one, { ...one, input: 2 }])).code).toBe("BASELINE_INVALID");
  });
});
