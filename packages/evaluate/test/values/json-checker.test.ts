import { describe, expect, it } from "@jest/globals";

import { JsonChecker } from "../../src/values/json-checker.ts";
import { createRandom } from "../support/random.ts";

const RULES = { name: "input", maxDepth: 8, refuseNul: false };
/** What an earlier document may have left around this one. */
const JUNK = '7 ]}"e1\\u0000';

function check(text: string | Uint8Array, rules: Partial<typeof RULES> = {}): string {
  const body = Buffer.from(text);
  const bytes = Buffer.concat([Buffer.from(JUNK), body, Buffer.from(JUNK)]);
  new JsonChecker({ ...RULES, ...rules }).check(bytes, JUNK.length, JUNK.length + body.length);
  expect(bytes.toString("latin1", 0, JUNK.length)).toBe(JUNK);
  expect(bytes.toString("latin1", JUNK.length + body.length)).toBe(JUNK);
  return bytes.toString("utf8", JUNK.length, JUNK.length + body.length);
}

const refused = expect.objectContaining({ name: "FormatError", code: "INPUT_INVALID" });

describe("JsonChecker.check", () => {
  it.each([
    "null",
    "true",
    " false\r\n\t",
    "0",
    "-0",
    "1.0",
    "-12.50e+07",
    "1E400",
    "123456789012345678901234567890",
    '""',
    '"é😀\u007f"',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\\u0000"',
    "[]",
    "[ ]",
    "{ }",
    '[1, [2,{"a" : null , "a":[]}]]',
    '{"":{"b":[true,false]}}',
  ])("takes %j as it is", (text) => {
    expect(check(text)).toBe(text);
  });

  it.each([
    "",
    " ",
    "nul",
    "nulls",
    "True",
    "NaN",
    "01",
    "1.",
    ".5",
    "-",
    "+1",
    "1e",
    "1e+",
    "0x1",
    "1 2",
    "1,",
    '"a',
    '"a\\"',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12"',
    '"\\ud83d\\u12"',
    '"a\nb"',
    "'a'",
    "[1 2]",
    "[1,]",
    "[,1]",
    "[1",
    "]",
    "{1:2}",
    "{1,2}",
    "set()",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1',
    "{} {}",
    "{}\0",
    "\ufeff{}",
    "/**/1",
    "\u00a01",
  ])("throws INPUT_INVALID for %j", (text) => {
    expect(() => check(text)).toThrow(refused);
  });

  it.each([
    ["a byte that starts nothing", [0xff]],
    ["a cut character", [0xc3]],
    ["an overlong form", [0xc0, 0x80]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["beyond U+10FFFF", [0xf5, 0x80, 0x80, 0x80]],
  ])("throws INPUT_INVALID for what is not UTF-8: %s", (_case, bytes) => {
    expect(() => check(Uint8Array.from([0x22, ...bytes, 0x22]))).toThrow(refused);
  });

  it.each([
    ['"\\ud800"', '"\\ufffd"'],
    ['"\\uDC00a"', '"\\ufffda"'],
    ['"\\ud800\\u0041"', '"\\ufffd\\u0041"'],
    ['"\\ud800\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
    ['"\\ud83d\\\\ude00"', '"\\ufffd\\\\ude00"'],
    ['{"\\udfff":"\\udbff"}', '{"\\ufffd":"\\ufffd"}'],
  ])("rewrites half a surrogate pair to U+FFFD: %s", (text, expected) => {
    expect(check(text)).toBe(expected);
  });

  it("throws INPUT_INVALID for U+0000 when told to", () => {
    expect(() => check('["\\u0000"]', { refuseNul: true })).toThrow(refused);
    expect(() => check('{"a\\u0000":1}', { refuseNul: true })).toThrow(refused);
    expect(check('"\\\\u0000"', { refuseNul: true })).toBe('"\\\\u0000"');
  });

  it("throws INPUT_INVALID beyond the depth, however deep", () => {
    expect(check("[[[1]]]", { maxDepth: 3 })).toBe("[[[1]]]");
    expect(() => check("[[[[1]]]]", { maxDepth: 3 })).toThrow(refused);
    expect(() => check('{"a":'.repeat(1_000_000))).toThrow(refused);
  });

  const random = createRandom();
  it(`agrees with JSON.parse on damaged documents (seed ${random.seed})`, () => {
    const whole = '{"a": [1.5e-3, -0, true, null, "x\\n\\u00e9é"], "b": {"c": {}}}';
    const pieces = Array.from('{}[]",:0123.eE+-\\u truefalsn').concat('"é"', "\\u00e9", "[1]");
    for (let round = 0; round < 5000; round++) {
      let text = whole;
      for (let edits = 1 + random.int(3); edits > 0; edits--) {
        const at = random.int(text.length + 1);
        text = text.slice(0, at) + (random.int(2) === 0 ? random.pick(pieces) : "") + text.slice(at + random.int(3));
      }
      if (isJson(text)) expect(check(text)).toBe(text);
      else expect(() => check(text)).toThrow(refused);
    }
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
