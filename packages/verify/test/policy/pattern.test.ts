import { describe, expect, it } from "@jest/globals";
import { compilePattern } from "../../src/policy/pattern.ts";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";

describe("compilePattern", () => {
  it.each<[string, string]>([
    ["^$", ""],
    ["^a$", "a"],
    ["^a|b$".replace("|", "$|^"), "b"],
    ["^(?:a|b)$", "b"],
    ["^(a|bc)d$", "bcd"],
    ["^(?:|a)b$", "b"],
    ["^.$", "🦊"],
    ["^.*$", "any text"],
    ["^.*?$", "any text"],
    ["^a+b$", "aaab"],
    ["^a?b$", "b"],
    ["^a{2}$", "aa"],
    ["^a{2,}$", "aaaa"],
    ["^a{1,3}$", "aaa"],
    ["^a{0,2}$", ""],
    ["^(?:a*)*$", "aa"],
    ["^(?:a|a?)+$", ""],
    ["^[a-c]$", "b"],
    ["^[^a-c]$", "d"],
    ["^[^a-cb-d]$", "e"],
    ["^[a-a]$", "a"],
    ["^[^ -\u{10fffe}]$", "\u{10ffff}"],
    ["^[-a]$", "-"],
    ["^[a-]$", "-"],
    ["^[\\]\\-\\\\]$", "]"],
    ["^[a^]$", "^"],
    ["^[\\w.-]+$", "a_B.9-"],
    ["^[^\\D]$", "5"],
    ["^\\d\\D\\w\\W$", "1xy-"],
    ["^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\-$", "^$\\.*+?()[]{}|/-"],
    ["^https://github\\.com/octo/[a-z-]+/\\.github/workflows/release\\.yml@refs/tags/v\\d+$", release("pack", "v12")],
  ])("when %s is given %j returns true", (pattern, text) => {
    expect(compilePattern(pattern).matches(text)).toBe(true);
  });

  it.each<[string, string]>([
    ["^$", "a"],
    ["^a$", "ab"],
    ["^a$", "ba"],
    ["^a$", "a\n"],
    ["^a$", "b\na"],
    ["^a$", "A"],
    ["^é$", "e\u0301"],
    ["^(?:a|b)$", "ab"],
    ["^a$|^b$", "ab"],
    ["^.$", ""],
    ["^.$", "\n"],
    ["^.$", "\r"],
    ["^.$", "\u2028"],
    ["^.$", "\u2029"],
    ["^a+$", ""],
    ["^a{2}$", "a"],
    ["^a{2}$", "aaa"],
    ["^a{2,}$", "a"],
    ["^a{1,3}$", "aaaa"],
    ["^[a-c]$", "d"],
    ["^[^a-c]$", "c"],
    ["^[^a-c]$", ""],
    ["^[^a-cb-d]$", "d"],
    ["^[^x-za-c]$", "b"],
    ["^[^a]$", "a"],
    ["^[\\w.-]$", "\u0130"],
    ["^\\d$", "٣"],
    ["^\\w$", "é"],
    ["^a\\.b$", "axb"],
    [
      "^https://github\\.com/octo/[a-z-]+/\\.github/workflows/release\\.yml@refs/tags/v\\d+$",
      release("pack", "v12-evil"),
    ],
    ["^https://github\\.com/octo/[a-z-]+/\\.github/workflows/release\\.yml@refs/tags/v\\d+$", release("a/b", "v12")],
  ])("when %s is given %j returns false", (pattern, text) => {
    expect(compilePattern(pattern).matches(text)).toBe(false);
  });

  it.each<[string, string]>([
    ["is empty", ""],
    ["has no anchors", "a"],
    ["has no start", "a$"],
    ["has no end", "^a"],
    ["has an escaped end", "^a\\$"],
    ["has alternatives that are anchored at one side each", "^a|b$"],
    ["has one alternative without an end", "^a|^b$"],
    ["has one alternative without a start", "^a$|b$"],
    ["ends with a choice", "^a$|"],
    ["goes on after the end", "^a$b$"],
    ["has a start inside", "^a^b$"],
    ["has a start in a group", "^(?:^a)$"],
    ["has an end in a group", "^(?:a$)$"],
    ["has two starts", "^^a$"],
    ["has two ends", "^a$$"],
    ["looks ahead", "^(?=a)a$"],
    ["looks behind", "^(?<=a)a$"],
    ["looks ahead for what is not there", "^(?!a)b$"],
    ["names a group", "^(?<name>a)$"],
    ["sets flags", "^(?i:a)$"],
    ["sets flags for the rest", "^(?i)a$"],
    ["refers back", "^(a)\\1$"],
    ["has an escape of one engine", "^\\pL$"],
    ["has an escape for white space", "^\\s$"],
    ["has an escape for a word's end", "^a\\b$"],
    ["has an escape of a letter", "^\\a$"],
    ["has a code escape", "^\\x41$"],
    ["ends in an escape", "^a\\"],
    ["has an open group", "^(a$"],
    ["closes no group", "^a)$"],
    ["has an open class", "^[a$"],
    ["closes no class", "^a]$"],
    ["has an empty class", "^[]$"],
    ["has an empty negated class", "^[^]$"],
    ["has a class that begins with its end", "^[]a]$"],
    ["has a class in a class", "^[[:alpha:]]$"],
    ["has a range out of order", "^[b-a]$"],
    ["has a range that ends in a class", "^[a-\\d]$"],
    ["has a range that begins with a class", "^[\\d-a]$"],
    ["has a range of ranges", "^[a-c-e]$"],
    ["has two hyphens in a class", "^[--a]$"],
    ["has nothing to repeat", "^*a$"],
    ["has nothing to repeat in a group", "^(?:+)$"],
    ["repeats a count", "^a**$"],
    ["has a possessive count", "^a++$"],
    ["repeats a count in braces", "^a{2}{3}$"],
    ["has a brace that opens nothing", "^a{$"],
    ["has a brace that closes nothing", "^a}$"],
    ["has no count", "^a{}$"],
    ["has no lower count", "^a{,2}$"],
    ["has a negative count", "^a{-1}$"],
    ["has a count that is not closed", "^a{1$"],
    ["has counts out of order", "^a{2,1}$"],
    ["has a count beyond the cap", "^a{1001}$"],
    ["has an upper count beyond the cap", "^a{0,1001}$"],
    ["has a count of five digits", "^a{00001}$"],
    ["has counts that multiply", "^(?:a{50}){50}$"],
    ["has counts of nothing that multiply", "^(?:(?:(?:){1000}){1000}){1000}$"],
  ])("when the pattern %s throws MalformedError", (_, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(MalformedError);
  });

  it("when the pattern is longer than the cap throws MalformedError", () => {
    const fits = `^${"a".repeat(VERIFY_LIMITS.maxPatternLength - 2)}$`;
    expect(compilePattern(fits).matches(fits.slice(1, -1))).toBe(true);
    expect(() => compilePattern(`^a${fits.slice(1)}`)).toThrow(MalformedError);
  });

  it("when the counts of a pattern just fit returns a matcher", () => {
    // The alternative, its sequence and the two counts are built as well.
    const most = VERIFY_LIMITS.maxPatternStates - 1004;
    expect(compilePattern(`^a{1000}a{${most}}$`).matches("a".repeat(1000 + most))).toBe(true);
    expect(() => compilePattern(`^a{1000}a{${most + 1}}$`)).toThrow(MalformedError);
    expect(compilePattern("^[ab]{1000}$").matches("ab".repeat(500))).toBe(true);
    expect(compilePattern("^a{0,500}$").matches("a".repeat(501))).toBe(false);
  });

  it("when the text is longer than the cap returns false", () => {
    const pattern = compilePattern("^a*$");
    expect(pattern.matches("a".repeat(VERIFY_LIMITS.maxMatchedText))).toBe(true);
    expect(pattern.matches("a".repeat(VERIFY_LIMITS.maxMatchedText + 1))).toBe(false);
  });
});

function release(repository: string, tag: string): string {
  return `https://github.com/octo/${repository}/.github/workflows/release.yml@refs/tags/${tag}`;
}
