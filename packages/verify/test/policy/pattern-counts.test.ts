import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { compilePattern } from "../../src/policy/pattern.ts";

describe("compilePattern", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["^ab?$", ["a", "ab"], ["", "abb", "b"]],
    ["^ab??$", ["a", "ab"], ["abb"]],
    ["^ab*$", ["a", "ab", "abbb"], ["", "b"]],
    ["^ab+$", ["ab", "abbb"], ["a"]],
    ["^ab{2}$", ["abb"], ["ab", "abbb"]],
    ["^ab{2,}$", ["abb", "abbbb"], ["ab"]],
    ["^ab{1,2}$", ["ab", "abb"], ["a", "abbb"]],
    ["^ab{0}$", ["a"], ["ab"]],
    ["^ab{0,0}$", ["a"], ["ab"]],
  ])("when the pattern is %s matches its counts", (pattern, matching, others) => {
    const compiled = compilePattern(pattern);
    expect(matching.filter((text) => !compiled.matches(text))).toEqual([]);
    expect(others.filter((text) => compiled.matches(text))).toEqual([]);
  });

  it.each(["^a{1000}$", "^a{1000,}$", "^a{0,1000}$"])("when the count is the highest (%s) takes it", (pattern) => {
    expect(compilePattern(pattern).matches("a".repeat(1000))).toBe(true);
  });

  it.each(["^a{1001}$", "^a{1001,}$", "^a{0,1001}$", "^a{2,1}$", "^a{10000}$", "^a{,5}$", "^a{5$"])(
    "when the count is none (%s) throws",
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow(MalformedError);
    },
  );
});
