import { runInNewContext } from "node:vm";

import { describe, expect, it } from "@jest/globals";

import { InputWriter } from "../../src/machine/input-writer.ts";
import type { InputTarget, WriterOptions } from "../../src/machine/input-writer.ts";
import { jsonText } from "../../src/json-text.ts";
import { createRandom } from "../support/random.ts";

const LIMITS = { name: "input", maxBytes: 100_000, maxDepth: 10, refuseNul: false } as const;
const START = 8;

/** A target that gives as little room as it may, so that every growth shows. */
function createTarget(): InputTarget & { bytes: Buffer } {
  return {
    bytes: Buffer.alloc(START),
    grow(written, length) {
      const larger = Buffer.alloc(written + length, 0xff);
      this.bytes.copy(larger, 0, 0, written);
      this.bytes = larger;
    },
  };
}

function write(value: unknown, limits: Partial<WriterOptions> = {}): string {
  const target = createTarget();
  const end = new InputWriter(target, { ...LIMITS, ...limits }).write(value, START);
  return target.bytes.toString("utf8", START, end);
}

describe("InputWriter.write", () => {
  it.each([
    null,
    true,
    false,
    0,
    -0,
    -1.5,
    1e21,
    5e-324,
    Number.MAX_VALUE,
    "",
    "plain",
    'quote" back\\slash',
    "\u0001\u001f\u007f\u2028é😀",
    "x".repeat(1000),
    `${"x".repeat(1000)}"é`,
    [],
    {},
    [[], [{}], [[null]]],
    { "": 1, 'a"b': { __proto__: null, é: [1, 2, 3] } },
    JSON.parse('{"__proto__": 1, "constructor": {"toString": "x"}}') as unknown,
    Object.assign(Object.create(null) as object, { a: 1 }),
    runInNewContext("({ a: [1, { b: 'x' }] })") as unknown,
  ])("writes %j as JSON.stringify does", (value) => {
    expect(write(value)).toBe(JSON.stringify(value));
  });

  it("leaves out properties that are undefined", () => {
    expect(write({ a: undefined, b: 1, c: undefined })).toBe('{"b":1}');
  });

  it("reads each property once and calls no toJSON of a prototype", () => {
    let reads = 0;
    const value = {
      get a() {
        return ++reads;
      },
    };
    expect(write(value)).toBe('{"a":1}');
  });

  class Account {
    owner = "x";
  }
  it.each([
    ["undefined at the top", undefined, "input "],
    ["a function", { a: () => 1 }, "input.a "],
    ["a symbol", { a: Symbol("x") }, "input.a "],
    ["a bigint of endless digits", { a: [1, 10n ** 1000n] }, "input.a[1] "],
    ["a negative bigint of endless digits", { a: -(10n ** 1000n) }, "input.a "],
    ["NaN", { a: { b: Number.NaN } }, "input.a.b "],
    ["Infinity", [Infinity], "input[0] "],
    ["undefined in an array", [1, undefined], "input[1] "],
    ["a hole in an array", Array(2), "input[0] "],
    ["a Date", { at: new Date(0) }, "input.at "],
    ["a Map", new Map([["a", 1]]), "input "],
    ["a Set", { a: new Set([1]) }, "input.a "],
    ["bytes", { a: Buffer.from("x") }, "input.a "],
    ["an instance of a class", new Account(), "input "],
    ["an object with data in its prototype", Object.create({ a: 1 }), "input "],
    ["a boxed string", { a: Object("x") as object }, "input.a "],
    ["a toJSON of its own", { a: { toJSON: () => 1 } }, "input.a.toJSON "],
  ])("throws INPUT_INVALID for %s", (_case, value, path) => {
    expect(() => write(value)).toThrow(
      expect.objectContaining({ name: "FormatError", code: "INPUT_INVALID", message: expect.stringContaining(path) }),
    );
  });

  it.each([
    [10n ** 1000n - 1n, "9".repeat(1000)],
    [{ a: -9223372036854775809n }, '{"a":-9223372036854775809}'],
    [0n, "0"],
  ])("writes bigints as integers", (value, text) => {
    expect(write(value)).toBe(text);
  });

  it.each([
    ["a\ud800", "a\ufffd"],
    ["\udc00\ud800b", "\ufffd\ufffdb"],
    [`${"x".repeat(1000)}\udc00y`, `${"x".repeat(1000)}\ufffdy`],
    [{ "\udc00": 1 }, { "\ufffd": 1 }],
  ])("writes half a surrogate pair as U+FFFD", (value, expected) => {
    expect(write(value)).toBe(JSON.stringify(expected));
  });

  it.each([["a\0"], [{ "k\0": 1 }], [`${"x".repeat(1000)}\0`]])(
    "writes U+0000, or refuses it when told to",
    (value) => {
      expect(write(value)).toBe(JSON.stringify(value));
      expect(() => write(value, { refuseNul: true })).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    },
  );

  const READY = ' {"a": [1.0, 18446744073709551616, 1e400, "\\u00e9\\u0000 é"], "a": null}\n';
  it.each([
    ["bytes", Buffer.from(READY)],
    ["a plain Uint8Array", Uint8Array.from(Buffer.from(READY))],
    ["text", jsonText(READY)],
  ])("writes ready JSON as it is: %s", (_case, value) => {
    expect(write(value)).toBe(READY);
    expect(() => write(value, { maxBytes: Buffer.byteLength(READY) - 1 })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    expect(() => write(value, { refuseNul: true })).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    expect(() => write(value, { maxDepth: 1 })).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it("checks the bytes that it wrote, not the caller's", () => {
    const json = Buffer.from('{"a":1}');
    const written = write(json);
    json.fill("x");
    expect(written).toBe('{"a":1}');
  });

  it("throws INPUT_INVALID with the cause when a property cannot be read", () => {
    const cause = new Error("no");
    const value = {
      get a(): unknown {
        throw cause;
      },
    };
    expect(() => write(value)).toThrow(expect.objectContaining({ code: "INPUT_INVALID", cause }));
  });

  it("throws INPUT_INVALID beyond the depth and for a cycle", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(() => write(cycle)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    expect(write([[[1]]], { maxDepth: 3 })).toBe("[[[1]]]");
    expect(() => write([[[[1]]]], { maxDepth: 3 })).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it.each([
    ["a short text", "x".repeat(10)],
    ["a long text", "x".repeat(1000)],
    ["a text that grows", "é".repeat(300)],
    ["a number", 123456],
    ["a list", [1, 2, [3]]],
    ["an object", { a: 1, b: { c: true } }],
  ])("throws LIMIT_EXCEEDED for %s one byte beyond the cap", (_case, value) => {
    const size = Buffer.byteLength(JSON.stringify(value));
    expect(write(value, { maxBytes: size })).toBe(JSON.stringify(value));
    expect(() => write(value, { maxBytes: size - 1 })).toThrow(
      expect.objectContaining({ name: "FormatError", code: "LIMIT_EXCEEDED" }),
    );
  });

  const random = createRandom();
  it(`writes random documents as JSON.stringify does (seed ${random.seed})`, () => {
    const texts = ["", "a", "é", '"', "\\", "\n", "😀", "x".repeat(200)];
    const make = (depth: number): unknown => {
      const kind = random.int(depth > 4 ? 4 : 6);
      if (kind === 0) return random.pick([null, true, false]);
      if (kind === 1) return (random.int(2_000_000) - 1_000_000) / random.pick([1, 7, 1e9]);
      if (kind < 4) return random.pick(texts) + random.pick(texts);
      const items = Array.from({ length: random.int(5) }, () => make(depth + 1));
      return kind === 4
        ? items
        : Object.fromEntries(items.map((item, index) => [`${random.pick(texts)}${index}`, item]));
    };
    for (let round = 0; round < 500; round++) {
      const value = make(0);
      expect(write(value)).toBe(JSON.stringify(value));
    }
  });
});
