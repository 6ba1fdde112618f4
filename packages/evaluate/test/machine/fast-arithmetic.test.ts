import { beforeAll, describe, expect, it } from "@jest/globals";

import { ARITHMETIC_NATIVES } from "../../src/builtins/natives/arithmetic.ts";
import { TEXT_NATIVES } from "../../src/builtins/natives/texts.ts";
import { AnswerNumbers } from "../../src/machine/answer-numbers.ts";
import { createFastBuiltins } from "../../src/machine/fast-builtins.ts";
import type { FastBuiltins } from "../../src/machine/fast-builtins.ts";
import { createLayoutCodec } from "../../src/machine/value-codec.ts";
import type { ValueCodec } from "../../src/machine/value-codec.ts";
import { NOT_TAKEN, ValueHeap } from "../../src/machine/value-heap.ts";
import { RegoDecimal } from "../../src/values/values.ts";
import type { RegoValue } from "../../src/values/values.ts";
import { createRandom } from "../support/random.ts";
import { startRaw } from "../support/raw.ts";

const random = createRandom();
const CONTEXT = {
  now: () => 0n,
  randomBytes: () => new Uint8Array(),
  once: <T>(_key: string, make: () => T) => make(),
  print: () => undefined,
  capabilities: {},
};

let fast: FastBuiltins;
let codec: ValueCodec;
beforeAll(async () => {
  const { exports, memory, arena } = await startRaw();
  fast = createFastBuiltins(new ValueHeap(exports, memory, arena), new AnswerNumbers(exports, memory));
  codec = createLayoutCodec(exports, memory);
});

/** Undefined where the fast one leaves the operands to the ordinary one. */
function askFast(name: string, operands: readonly RegoValue[]): RegoValue | undefined {
  const [first = 0, second = 0, third = 0] = operands.map((operand) => codec.write(operand));
  const address = fast.plain[name]?.(first, second, third) ?? NOT_TAKEN;
  return address === NOT_TAKEN ? undefined : codec.read(address);
}

function ask(name: string, operands: readonly RegoValue[]): RegoValue | undefined {
  return { ...ARITHMETIC_NATIVES, ...TEXT_NATIVES }[name]?.(operands, CONTEXT);
}

const NUMBERS: readonly RegoValue[] = [
  0n,
  1n,
  -1n,
  7n,
  -8n,
  100n,
  2n ** 31n,
  -(2n ** 32n),
  10n ** 12n,
  2n ** 53n - 1n,
  -(2n ** 53n) + 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  10n ** 20n,
  ...[
    "0.0",
    "1.0",
    "0.5",
    "41.5",
    "0.125",
    "0.1",
    "41.37",
    "-0.5",
    "-0",
    "1e3",
    "2.50",
    "0.00390625",
    "0.001953125",
  ].map((text) => new RegoDecimal(text)),
];
const BINARY = ["plus", "minus", "mul", "div", "rem"];
const UNARY = ["abs", "ceil", "floor", "round"];

describe(`arithmetic on bytes (seed ${random.seed})`, () => {
  it.each(BINARY)("answers %s as the ordinary builtin, where it answers", (name) => {
    let taken = 0;
    for (const left of NUMBERS) {
      for (const right of NUMBERS) {
        const value = askFast(name, [left, right]);
        if (value === undefined) continue;
        taken++;
        expect([left, right, value]).toEqual([left, right, ask(name, [left, right])]);
      }
    }
    expect(taken).toBeGreaterThan(20);
  });

  it.each(UNARY)("answers %s as the ordinary builtin, where it answers", (name) => {
    const answers = NUMBERS.map((operand) => [operand, askFast(name, [operand])] as const);
    const taken = answers.filter(([, value]) => value !== undefined);
    for (const [operand, value] of taken) expect([operand, value]).toEqual([operand, ask(name, [operand])]);
    expect(taken.length).toBeGreaterThan(8);
  });

  it("multiplies random decimals and integers as the ordinary builtin, where it answers", () => {
    for (let count = 0; count < 3000; count++) {
      const decimal = new RegoDecimal(`${random.int(10_000)}.${random.int(10_000)}`);
      const operands = [decimal, BigInt(random.int(2_000_000) - 1_000_000)];
      if (random.chance(0.5)) operands.reverse();
      const value = askFast("mul", operands);
      if (value !== undefined) expect([operands, value]).toEqual([operands, ask("mul", operands)]);
    }
  });

  it.each([
    ["plus", [2n ** 53n - 1n, 1n]],
    ["mul", [2n ** 30n, 2n ** 30n]],
    ["mul", [new RegoDecimal("41.37"), 100n]],
    ["mul", [new RegoDecimal("0.5"), 3n]],
    ["div", [1n, 3n]],
    ["div", [1n, 0n]],
    ["rem", [1n, 0n]],
    ["round", [new RegoDecimal("1.5")]],
    ["round", [new RegoDecimal("-0")]],
    ["plus", ["1", 1n]],
    ["minus", [[1n], [1n]]],
    ["abs", [null]],
  ] as const)("leaves %s of %p to the ordinary builtin", (name, operands) => {
    expect(askFast(name, operands)).toBeUndefined();
  });
});

describe("an integer as text", () => {
  it.each([0n, -5n, 2n ** 40n, -(2n ** 53n) + 1n])("reads as %p", (value) => {
    expect(askFast("internal.number_as_text", [value])).toBe(value);
  });

  it("is left to the ordinary builtin beyond what a double carries", () => {
    expect(askFast("internal.number_as_text", [2n ** 60n])).toBeUndefined();
  });
});

describe("replace", () => {
  it.each([
    ["research", " "],
    ["", "x"],
    ["é", "e"],
    ["aab", "ab!"],
  ])("answers %j without %j as it is", (text, search) => {
    expect(askFast("replace", [text, search, "-"])).toBe(text);
    expect(ask("replace", [text, search, "-"])).toBe(text);
  });

  it.each([
    ["a b", " "],
    ["ab", "b"],
    ["ab", "ab"],
    ["aab", "ab"],
    ["abc", ""],
    ["x".repeat(257), "y"],
    [1n, "1"],
    ["1", 1n],
  ])("leaves %p with %p to the ordinary builtin", (text, search) => {
    expect(askFast("replace", [text, search, "-"])).toBeUndefined();
  });
});
