import { describe, expect, it } from "@jest/globals";

import { CountedText } from "../../../src/builtins/regex/counted-text.ts";
import { cachedPatterns, compilePattern } from "../../../src/builtins/regex/pattern.ts";
import { findAll } from "../../../src/builtins/regex/search.ts";

/** How many characters one search reads. */
function readsOf(pattern: string, text: string): number {
  const { program } = compilePattern(pattern);
  const input = new CountedText(text, 1);
  program.executeEngine(input, 0, 0, 2);
  return input.reads;
}

describe("one search", () => {
  // Each of these makes an engine that tries all ways quadratic, cubic or worse.
  it.each(["(a*)*[^a]", "(a|aa)+$", "(?:a?){20}a{20}[^a]", "(.*)(.*)(.*)[^a]", "(a+)+[^a]"])(
    "of %s reads a text that is twice as long twice as often",
    (pattern) => {
      const [once, twice] = [20_000, 40_000].map((length) => readsOf(pattern, "a".repeat(length)));
      expect(twice).toBeLessThan(2.2 * (once ?? 0));
    },
  );
});

describe("findAll", () => {
  it("when every character is held against thousands of instructions throws RangeError", () => {
    expect(() => findAll(compilePattern("(a?){1000}"), "a".repeat(100_000))).toThrow(RangeError);
  });

  it("takes a megabyte for a class of many characters", () => {
    expect(findAll(compilePattern("^\\pL+$"), "a".repeat(1_000_000))).toHaveLength(1);
  });
});

describe("CountedText", () => {
  it("when more is read than work allows throws RangeError", () => {
    const text = new CountedText("aaaa", 2, 6);
    for (let position = 0; position < 3; position++) text.step(position);
    expect(() => text.step(3)).toThrow(RangeError);
  });
});

describe("compilePattern", () => {
  it("keeps a bounded number of patterns", () => {
    for (let number = 0; number < 300; number++) compilePattern(`a${number}`);
    expect(cachedPatterns()).toBe(100);
    expect(compilePattern("a299")).toBe(compilePattern("a299"));
  });

  it("keeps patterns up to a bounded size of their programs", () => {
    for (let number = 0; number < 20; number++) compilePattern(`${"(?:a{33}){1,30}".repeat(40)}${number}`);
    expect(cachedPatterns()).toBeGreaterThan(4);
    expect(cachedPatterns()).toBeLessThan(10);
  });

  it("counts a class for the hundreds of ranges that it is", () => {
    for (let number = 0; number < 20; number++) compilePattern("\\pL".repeat(50 + number));
    expect(cachedPatterns()).toBeLessThan(10);
  });

  it("when one pattern is too large for all does not keep it", () => {
    compilePattern("(?:a{100}){1,10}".repeat(300));
    expect(cachedPatterns()).toBe(0);
  });

  it("when a pattern is longer than 128 Ki characters throws RangeError", () => {
    expect(() => compilePattern("b".repeat(2 ** 17 + 1))).toThrow(RangeError);
  });
});
