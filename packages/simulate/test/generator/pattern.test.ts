import { describe, expect, it } from "@jest/globals";
import { Dice } from "../../src/generator/dice.ts";
import { parsePattern, UnsupportedPattern } from "../../src/generator/pattern.ts";
import { matches } from "../../src/generator/pattern-match.ts";
import { samplePattern } from "../../src/generator/pattern-sample.ts";

const SUPPORTED = [
  "^[a-z0-9][a-z0-9-]{0,62}$",
  "^[1-9][0-9]{0,3}[smhd]$",
  "^(?:ab|cd?)+$",
  "^(a|b)*c{2,}$",
  "^\\d{3}-\\w+\\s?\\.\\/$",
  "^[^a-z\\d]{2}$",
  "^.{3}$",
  "^\\u00e9[\\x41-\\x43]$",
  "^a??b+?$",
  "^$",
  "^(|x)$",
  "abc",
  "^[-a]+$",
  "^[a-]+$",
  "^[\\]\\[\\-^]+$",
  "^[\\w-]+$",
];

describe("samplePattern", () => {
  it.each(SUPPORTED)("gives texts that ECMAScript takes for %s", (source) => {
    const pattern = parsePattern(source);
    const dice = new Dice("pattern", 7);
    const expression = new RegExp(source, "u");
    for (let round = 0; round < 200; round++) expect(samplePattern(pattern, dice)).toMatch(expression);
  });

  it.each(["^a{1000}$", "^(?:a{1000}|b)$", "^(?:a|b{1000}){4}$"])("ends for %s", (source) => {
    const text = samplePattern(parsePattern(source), new Dice(1));
    expect(text).toMatch(new RegExp(source, "u"));
    expect(text.length).toBeLessThanOrEqual(4096);
  });

  it("does not grow beyond its cap where alternatives and counts multiply", () => {
    const pattern = parsePattern("^(?:(?:a|(?:b{1000}){4})*)*$");
    for (let round = 0; round < 50; round++) {
      expect(samplePattern(pattern, new Dice(round)).length).toBeLessThanOrEqual(4096);
    }
  });
});

describe("matches", () => {
  const texts = ["", "a", "b", "c", "ab", "abab", "cdab", "xabcx", "acc", "bacc", "123-x .\\", "123-xy ./", "A1", "!!", "é",
    "éB", "aab", "x", "--", "a-b", "[]^-", "30m", "0m", "9999h", "acme", "-acme", "😀", "ab\n", "a.b_c"]; // prettier-ignore

  it.each(SUPPORTED)("agrees with ECMAScript on %s", (source) => {
    const pattern = parsePattern(source);
    const expression = new RegExp(source, "u");
    expect(texts.filter((text) => matches(pattern, text))).toEqual(texts.filter((text) => expression.test(text)));
  });

  it.each(["^(a+)+$", "^(a|a)*$", "^(a*)*$", "^((a?){100}){100}$"])("does not backtrack on %s", (source) => {
    const start = process.cpuUsage();
    expect(matches(parsePattern(source), `${"a".repeat(255)}!`)).toBe(false);
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });
});

describe("parsePattern", () => {
  it.each([
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(?<name>a)",
    "(a)\\1",
    "\\bword\\b",
    "\\p{L}",
    "a^b",
    "a$b",
    "^a|b$",
    "(^a)",
    "a{1001}",
    "a{1,100000000000000000}",
    "a{3,2}",
    "a**",
    "a{2}{3}",
    "(a",
    "a)",
    "[a",
    "[]",
    "[z-a]",
    "a{",
    "*a",
    "\\",
    "\\u12",
    "\\ud800",
    "(?:a{1000}){1000}",
    `${"(".repeat(40)}a${")".repeat(40)}`,
    "a".repeat(2000),
  ])("refuses %s by name", (source) => {
    expect(() => parsePattern(source)).toThrow(UnsupportedPattern);
  });
});
