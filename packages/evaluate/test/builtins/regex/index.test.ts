import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import type { BuiltinContext } from "../../../src/builtins/builtin.ts";
import { REGEX_BUILTINS } from "../../../src/builtins/regex/index.ts";
import type { RegoValue } from "../../../src/values/values.ts";

const CONTEXT = {} as BuiltinContext;

function call(name: string, ...operands: RegoValue[]): RegoValue {
  const builtin = REGEX_BUILTINS[name];
  if (builtin === undefined) throw new Error(`no builtin ${name}`);
  return builtin(operands, CONTEXT);
}

describe("regex.find_n", () => {
  it.each<[string, string, bigint, string[]]>([
    ["a+", "aab a", -1n, ["aa", "a"]],
    ["a|ab", "abab", -1n, ["a", "a"]],
    ["(?:|a)+", "aa", -1n, ["", "", ""]],
    ["a*", "baac", -1n, ["", "aa", ""]],
    ["x*", "é😀", -1n, ["", "", ""]],
    [".", "é😀\n", -1n, ["é", "😀"]],
    ["(?s).", "\n", -1n, ["\n"]],
    ["(?i)k", "kK\u212a", -1n, ["k", "K", "\u212a"]],
    ["\\pl+", "aBé1", -1n, ["aBé"]],
    ["\\p{decimal_number}", "a1", -1n, ["1"]],
    ["[\\p{greek}x]", "xαa", -1n, ["x", "α"]],
    ["\\Qa.b\\E.", "a.bc axbc", -1n, ["a.bc"]],
    ["(?P<n>a)(?P<n>b)", "ab", -1n, ["ab"]],
    ["a", "aaa", 2n, ["a", "a"]],
    ["a", "aaa", 0n, []],
    ["a", "bbb", -1n, []],
    ["", "", -1n, [""]],
  ])("finds %s in %j", (pattern, text, count, found) => {
    expect(call("regex.find_n", pattern, text, count)).toEqual(found);
  });

  it.each([
    "(",
    "a)",
    "[a",
    "[b-a]",
    "*",
    "a**",
    "a{1001}",
    "(a{100}){11}",
    "\\",
    "\\C",
    "\\1",
    "(?=a)",
    "(?<=a)",
    "(?P<n-m>a)",
    "(?P<na",
    "(?<>a)",
    "\\p",
    "\\p{}",
    "\\p{Nope}",
    "\\p{L",
    "\\p{Old_Persian}",
    "\\p{Garay}",
    "[\\Qa\\E]",
    "(".repeat(2000),
  ])("throws BuiltinError for the pattern %s", (pattern) => {
    expect(() => call("regex.find_n", pattern, "a", -1n)).toThrow(BuiltinError);
  });

  it.each<[RegoValue, RegoValue, RegoValue]>([
    [1n, "a", 1n],
    ["a", null, 1n],
    ["a", "a", "1"],
  ])("throws BuiltinError for operands of another type", (...operands) => {
    expect(() => call("regex.find_n", ...operands)).toThrow(BuiltinError);
  });

  it.each([
    ["\\pL", "\u{1c89}"],
    ["(?i)a", "\u{a7cb}"],
    ["(?i)\\p{LC}", "\u{345}"],
  ])("when a character of a newer Unicode could be taken otherwise stops instead of answering", (pattern, text) => {
    expect(() => call("regex.find_n", pattern, text, -1n)).toThrow(RangeError);
  });

  it("when the pattern does not tell such characters apart answers", () => {
    expect(call("regex.find_n", ".", "\u{1c89}", -1n)).toEqual(["\u{1c89}"]);
    expect(call("regex.find_n", "(?i)\\pL", "\u{345}a", -1n)).toEqual(["\u{345}", "a"]);
  });
});

describe("regex.replace", () => {
  it.each([
    ["-ab-axxb-", "a(x*)b", "$1", "--xx-"],
    ["-ab-axxb-", "a(x*)b", "$1W", "---"],
    ["-ab-axxb-", "a(x*)b", "${1}W", "-W-xxW-"],
    ["-ab-axxb-", "a(?P<1W>x*)b", "$1W", "--xx-"],
    ["ab", "(a)", "$$1$", "$1$b"],
    ["ab", "(a)", "${1", "${1b"],
    ["ab", "(a)", "$01$2", "b"],
    ["ab", "(?P<n>x)?(?P<n>a)", "[$n]", "[a]b"],
    ["foo", "^[a-z]", "F", "Foo"],
    ["é", "", "-", "-é-"],
    ["", "x", "y", ""],
  ])("of %j by %s with %s", (text, pattern, template, replaced) => {
    expect(call("regex.replace", text, pattern, template)).toBe(replaced);
  });

  it("when the text grows beyond 32 Mi characters stops", () => {
    expect(() => call("regex.replace", "a".repeat(5000), "a", "b".repeat(10_000))).toThrow(RangeError);
  });
});

describe("regex.split", () => {
  it.each([
    ["a", "banana", ["b", "n", "n", ""]],
    ["z+", "pizza", ["pi", "a"]],
    ["", "é😀", ["é", "😀"]],
    ["x", "", [""]],
    ["", "", []],
    ["a", "aa", ["", "", ""]],
  ])("at %s of %j", (pattern, text, parts) => {
    expect(call("regex.split", pattern, text)).toEqual(parts);
  });
});

describe("regex.template_match", () => {
  it.each([
    ["urn:foo:{.*}", "urn:foo:bar:baz", true],
    ["urn:foo.bar.com:{.*}", "urn:foo-bar-com:baz", false],
    ["{a{2}}-x", "aa-x", true],
    ["{a|b}c", "xbc", false],
  ])("%s with %s", (template, text, answer) => {
    expect(call("regex.template_match", template, text, "{", "}")).toBe(answer);
  });

  it.each([
    ["{a", "{", "}"],
    ["a}{", "{", "}"],
    ["{a)(b}", "{", "}"],
    ["{a}", "{{", "}"],
    ["éaé", "é", "é"],
    ["|a|", "|", "|"],
  ])("throws BuiltinError for %s between %s and %s", (template, open, close) => {
    expect(() => call("regex.template_match", template, "a", open, close)).toThrow(BuiltinError);
  });
});

describe("regex.globs_match", () => {
  it.each([
    ["a.a.[0-9]+z", "b.b.b", false],
    ["[a-z]+[0-9]*", "[a-c]+", false],
    ["[a-z]+[0-9]", "a+[0-3]", true],
    ["a+b", "a*", false],
    ["x*", "", false],
    ["", "", true],
    [".*", "[z]", true],
    ["[a-c]", "[d-f]", false],
    ["\\[", "[[]", true],
    ["[a-]", "a", undefined],
    ["[b-a]", "a", undefined],
    ["[", "a", undefined],
    ["]", "a", undefined],
    ["*a", "a", undefined],
    ["a\\", "a", undefined],
  ])("%s and %s", (left, right, answer) => {
    const meet = (): RegoValue => call("regex.globs_match", left, right);
    if (answer === undefined) expect(meet).toThrow(BuiltinError);
    else expect(meet()).toBe(answer);
  });

  it("when every token is starred takes the product of the lengths, not the power of two", () => {
    const starred = (end: string): string => `${"a*b*".repeat(40)}${end}`;
    expect(call("regex.globs_match", starred("x"), starred("y"))).toBe(false);
  });

  it("when both globs are very long stops", () => {
    const long = "ab*".repeat(10_000);
    expect(() => call("regex.globs_match", long, long)).toThrow(RangeError);
  });
});

describe("glob.quote_meta", () => {
  it("puts a backslash before what a glob reads", () => {
    expect(call("glob.quote_meta", "*.{a,b}[!c]?\\-")).toBe("\\*.\\{a,b\\}\\[!c\\]\\?\\\\-");
  });
});
