import { describe, expect, it } from "@jest/globals";

import { STRING_SEARCH_BUILTINS } from "../../../src/builtins/strings/string-search.ts";

function indexesOf(text: string, search: string): unknown {
  return STRING_SEARCH_BUILTINS["indexof_n"]?.([text, search], { now: () => 0n });
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
