import { describe, expect, it } from "@jest/globals";

import type { BuiltinContext } from "../../../src/builtins/builtin.ts";
import { testContext } from "../../support/builtins.ts";
import { STRING_SEARCH_BUILTINS } from "../../../src/builtins/strings/string-search.ts";

function indexesOf(text: string, search: string): unknown {
  return STRING_SEARCH_BUILTINS["indexof_n"]?.([text, search], testContext());
}

describe("indexof_n", () => {
  it("counts characters, and places that overlap", () => {
    expect(indexesOf("😀a😀a", "a")).toEqual([1n, 3n]);
    expect(indexesOf("😀😀😀", "😀😀")).toEqual([0n, 1n]);
  });

  it("when text and search are long and almost the same returns soon", () => {
    const start = performance.now();
    expect(indexesOf("a".repeat(100_000), `${"a".repeat(50_000)}b`)).toEqual([]);
    // By comparing at every place it is eight seconds.
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe("indexof_n on a text that repeats itself", () => {
  it("finds every place in one pass", () => {
    const start = performance.now();
    const places = indexesOf("a".repeat(200_000), "a".repeat(100_000)) as bigint[];
    expect(places).toHaveLength(100_001);
    expect(places.at(-1)).toBe(100_000n);
    // By comparing at every place found it is a hundred times as long.
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe("strings.any_prefix_match and strings.any_suffix_match", () => {
  it.each([
    ["strings.any_prefix_match", ["ab", "é"], ["b", "a"], true],
    ["strings.any_prefix_match", ["ab", "b"], ["abc", "ac", "aa"], false],
    ["strings.any_prefix_match", ["😀a"], ["😀"], true],
    ["strings.any_prefix_match", ["a"], [""], true],
    ["strings.any_prefix_match", [], [""], false],
    ["strings.any_suffix_match", ["ab", "é"], ["a", "b"], true],
    ["strings.any_suffix_match", ["a😀"], ["😀"], true],
    ["strings.any_suffix_match", ["ab"], ["ba", "cab"], false],
  ] as const)("%s of %j and %j is %p", (name, texts, ends, answer) => {
    expect(STRING_SEARCH_BUILTINS[name]?.([texts, ends], {} as BuiltinContext)).toBe(answer);
  });

  it("when both sides are long compares each with few of the other", () => {
    const start = performance.now();
    const texts = Array.from({ length: 20_000 }, (_, index) => `${"a".repeat(200)}${index}`);
    const ends = Array.from({ length: 20_000 }, (_, index) => `${"a".repeat(200)}x${index}`);
    expect(STRING_SEARCH_BUILTINS["strings.any_prefix_match"]?.([texts, ends], {} as BuiltinContext)).toBe(false);
    // All with all are four hundred million comparisons of two hundred characters.
    expect(performance.now() - start).toBeLessThan(1500);
  });
});
