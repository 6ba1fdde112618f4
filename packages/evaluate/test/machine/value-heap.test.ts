import { beforeAll, describe, expect, it } from "@jest/globals";

import { align } from "../../src/machine/data-region.ts";
import { JsonBuilder } from "../../src/machine/json-builder.ts";
import { ValueBuilder } from "../../src/machine/value-builder.ts";
import { NOT_TAKEN, ValueHeap } from "../../src/machine/value-heap.ts";
import { createRandom } from "../support/random.ts";
import { startRaw } from "../support/raw.ts";
import type { RawModule } from "../support/raw.ts";

const RULES = { maxBytes: 1024 * 1024, maxDepth: 8, refuseNul: true };
const random = createRandom();

let raw: RawModule;
let start: number;
beforeAll(async () => {
  raw = await startRaw();
  start = align(raw.exports.opa_heap_ptr_get());
});

function print(address: number): string {
  const text = raw.exports.opa_value_dump(address);
  raw.memory.refresh();
  return raw.memory.readTerminated(text);
}

/** What the module's own parser makes of the text. */
function parsed(json: string | Buffer): string {
  const bytes = Buffer.from(json);
  raw.exports.opa_heap_ptr_set(start);
  const at = raw.exports.opa_malloc(bytes.length);
  raw.memory.refresh();
  raw.memory.bytes.set(bytes, at);
  return print(raw.exports.opa_json_parse(at, bytes.length));
}

function heapOf(): ValueHeap {
  const heap = new ValueHeap(raw.exports, raw.memory, raw.arena);
  heap.begin(start);
  return heap;
}

/** The text of what was built, or undefined where it was not taken. */
function printed(heap: ValueHeap, address: number): string | undefined {
  raw.exports.opa_heap_ptr_set(heap.position);
  return address === NOT_TAKEN ? undefined : print(address);
}

function fromValue(value: unknown, rules: Partial<typeof RULES> = {}): string | undefined {
  const heap = heapOf();
  return printed(heap, new ValueBuilder(heap, { ...RULES, ...rules }).build(value));
}

function fromJson(json: string | Buffer, rules: Partial<typeof RULES> = {}): string | undefined {
  const heap = heapOf();
  const bytes = Buffer.from(json);
  const at = heap.take(bytes.length + 1);
  raw.memory.bytes.set(bytes, at);
  raw.memory.bytes[at + bytes.length] = 0;
  return printed(heap, new JsonBuilder(heap, { ...RULES, ...rules }).build(at, at + bytes.length));
}

const TEXTS = [
  "",
  "a",
  "tenant",
  "é",
  "😀",
  "\uffff",
  "x\ny",
  '"\\',
  "\u0001",
  "\u007f",
  "k".repeat(65),
  "l".repeat(300),
];
const NUMBERS = [0, -1, 1.5, 2 ** 31, 2 ** 32, -(2 ** 40), 2 ** 53 - 1, 1e21, 5e-324, 0.1, 1e15, -123456789012345];

function draw(depth: number): unknown {
  const int = (limit: number): number => random.int(limit);
  const pick = <T>(items: readonly T[]): T => random.pick(items);
  if (depth === 0 || random.chance(0.4)) return pick([null, true, false, pick(TEXTS), pick(NUMBERS)]);
  if (random.chance(0.4)) return Array.from({ length: int(15) }, () => draw(depth - 1));
  const keys = Array.from({ length: int(20) }, () => `${pick(TEXTS)}${int(30)}`);
  return Object.fromEntries(keys.map((key) => [key, draw(depth - 1)]));
}

describe(`values built in memory (seed ${random.seed})`, () => {
  it("print as what the module's own parser makes of the same document", () => {
    for (let count = 0; count < 200; count++) {
      const value = draw(3);
      const json = JSON.stringify(value, null, random.pick([0, 1, "\t", "\r\n"]));
      const expected = parsed(json);
      expect(fromValue(value)).toBe(expected);
      expect(fromJson(json)).toBe(expected);
    }
  });

  it.each([
    Array.from({ length: 300 }, (_item, index) => index),
    Object.fromEntries(Array.from({ length: 500 }, (_item, index) => [`key ${index}`, [index]])),
    "é".repeat(200_000),
  ])("are the same for large documents", (value) => {
    const json = JSON.stringify(value);
    const expected = parsed(json);
    expect(fromValue(value, { maxBytes: 16 * 1024 * 1024 })).toBe(expected);
    expect(fromJson(json)).toBe(expected);
  });

  it("keep the text of numbers that no double carries", () => {
    const json = "[1.0, -0, 1e3, 12345678901234567890, 0.10, -1E+2, 9007199254740993, 0e0]";
    expect(fromJson(json)).toBe(parsed(json));
  });

  it("read half a surrogate pair as U+FFFD", () => {
    expect(fromValue(["\ud800x", "😀"])).toBe('["\ufffdx", "😀"]');
    expect(fromJson('["\\ud83d\\ude00"]')).toBe('["😀"]');
  });
});

describe("ValueBuilder.build", () => {
  it.each([
    [undefined],
    [[undefined]],
    [Number.NaN],
    [[Infinity]],
    [1n],
    [Symbol("x")],
    [() => 1],
    [new Date(0)],
    [new Map()],
    [{ a: "x\0y" }],
    [{ "\0": 1 }],
    [[[[[[[[[[1]]]]]]]]]],
    ["x".repeat(1024 * 1024)],
  ])("leaves %p to the text path", (value) => {
    expect(fromValue(value)).toBeUndefined();
  });

  it("leaves a getter that throws to the text path", () => {
    const value = {
      get at(): never {
        throw new Error("no");
      },
    };
    expect(fromValue(value)).toBeUndefined();
  });

  it("leaves out properties without a value", () => {
    expect(fromValue({ a: undefined, b: 1 })).toBe('{"b": 1}');
  });

  it("takes U+0000 where the policy may see it", () => {
    expect(fromValue("x\0y", { refuseNul: false })).toBe('"x\\u0000y"');
  });
});

const NOT_JSON = [
  "",
  " ",
  "[1 2]",
  "[1,]",
  "[,1]",
  "{",
  "}",
  "[",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  "{a:1}",
  "{1:2}",
  "set()",
  "{1, 2}",
  '{"a":1}x',
  "[1]]",
  "01",
  "-",
  "-a",
  "1.",
  ".5",
  "1e",
  "1e+",
  "+1",
  "tru",
  "truex",
  "nul",
  "NaN",
  '"a',
  '"\\x"',
  '"\\u12"',
  '"\n"',
  '"a\tb"',
  "'a'",
  "[1]\u00a0",
  "\ufeff[]",
  '{"a":1 "b":2}',
  '{"a" 1}',
  '["a":1]',
  "1 2",
  '"\\',
  '{"\\u00"',
  "--1",
];

describe("JsonBuilder.build", () => {
  it.each([
    ...NOT_JSON,
    '{"a":1,"a":2}',
    '"\\u0000"',
    '{"\\u0000":1}',
    "[[[[[[[[[1]]]]]]]]]",
    '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}',
  ])("leaves %j to the text path", (json) => {
    expect(fromJson(json)).toBeUndefined();
  });

  it("leaves bytes that are not UTF-8 to the text path", () => {
    for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      expect(fromJson(Buffer.from([0x22, ...bad, 0x22]))).toBeUndefined();
      expect(fromJson(Buffer.from([0x22, 0x5c, 0x6e, ...bad, 0x22]))).toBeUndefined();
    }
  });

  it("takes of documents with one byte changed only those that JSON.parse takes, as the module does", () => {
    for (let count = 0; count < 1000; count++) {
      const bytes = Buffer.from(JSON.stringify(draw(2)));
      bytes[random.int(bytes.length)] = random.pick([
        0x20, 0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x5d, 0x65, 0x7b, 0x7d, 0x80, 0x0a,
      ]);
      const text = fromJson(bytes);
      if (text === undefined) continue;
      expect(() => void JSON.parse(bytes.toString())).not.toThrow();
      expect(text).toBe(parsed(bytes));
    }
  });
});
