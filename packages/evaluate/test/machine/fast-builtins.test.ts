import { beforeAll, describe, expect, it } from "@jest/globals";

import { TIME_BUILTINS } from "../../src/builtins/time/index.ts";
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
let fast: FastBuiltins;
let codec: ValueCodec;
beforeAll(async () => {
  const { exports, memory, arena } = await startRaw();
  fast = createFastBuiltins(new ValueHeap(exports, memory, arena), new AnswerNumbers(exports, memory));
  codec = createLayoutCodec(exports, memory);
});

const CONTEXT = {
  now: () => 0n,
  randomBytes: () => new Uint8Array(),
  once: <T>(_key: string, make: () => T) => make(),
  print: () => undefined,
  capabilities: {},
};

/** Undefined where the fast one leaves the operand to the ordinary one. */
function parseFast(operand: RegoValue): RegoValue | undefined {
  const address = fast.plain["time.parse_rfc3339_ns"]?.(codec.write(operand), 0, 0);
  return address === NOT_TAKEN || address === undefined ? undefined : codec.read(address);
}

function parse(operand: RegoValue): RegoValue {
  return TIME_BUILTINS["time.parse_rfc3339_ns"]?.([operand], CONTEXT) ?? null;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

describe(`time.parse_rfc3339_ns (seed ${random.seed})`, () => {
  it("answers as the ordinary builtin", () => {
    for (let count = 0; count < 5000; count++) {
      const date = `${pad(1970 + random.int(292), 4)}-${pad(1 + random.int(12))}-${pad(1 + random.int(28))}`;
      const text = `${date}T${pad(random.int(24))}:${pad(random.int(60))}:${pad(random.int(60))}Z`;
      expect(parseFast(text)).toBe(parse(text));
    }
  });

  it.each(["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2261-12-31T23:59:59Z", "2099-12-31T23:59:59Z"])(
    "answers as the ordinary builtin for %s",
    (text) => {
      expect(parseFast(text)).toBe(parse(text));
    },
  );

  it.each([
    "",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-32T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01t00:00:00Z",
    "2026-01-01T00:00:00z",
    "1969-12-31T23:59:59Z",
    "2262-01-01T00:00:00Z",
    "2026-01-01T00:00:00.5Z",
    "2026-01-01T00:00:00+01:00",
    "2026_01-01T00:00:00Z",
    "2026-01_01T00:00:00Z",
    "2026-01-01T00_00:00Z",
    "2026-01-01T00:00_00Z",
    "20x6-01-01T00:00:00Z",
    "2026-01-01T0 :00:00Z",
    "\u0662026-01-01T00:00:0Z",
  ])("leaves %j to the ordinary builtin", (text) => {
    expect(parseFast(text)).toBeUndefined();
  });

  it.each([null, true, 20n, [], ["2026-01-01T00:00:00Z"]])("leaves %p to the ordinary builtin", (value) => {
    expect(parseFast(value)).toBeUndefined();
  });
});

describe("to_number", () => {
  const fastNumber = (operand: RegoValue): RegoValue | undefined => {
    const address = fast.plain["to_number"]?.(codec.write(operand), 0, 0);
    return address === NOT_TAKEN || address === undefined ? undefined : codec.read(address);
  };

  it.each(["0", "7", "2099", "007", "999999999999999", 5n, new RegoDecimal("1.50")])("answers %p", (operand) => {
    const expected = typeof operand === "string" ? BigInt(operand) : operand;
    expect(fastNumber(operand)).toEqual(expected);
  });

  it("goes on when a decision asks for many", () => {
    expect(Array.from({ length: 40 }, (_item, index) => fastNumber(String(index)))).toEqual(
      Array.from({ length: 40 }, (_item, index) => BigInt(index)),
    );
  });

  it.each(["", " 1", "1 ", "-1", "+1", "1.5", "1e3", "0x1", "1_0", "1000000000000000", "\u0661", null, true, []])(
    "leaves %p to the ordinary builtin",
    (operand) => {
      expect(fastNumber(operand)).toBeUndefined();
    },
  );
});

describe("time.now_ns", () => {
  it.each([0n, 1n, -1n, 1_780_315_200_000_000_001n, 2n ** 63n - 1n, -(2n ** 63n) + 1n])(
    "answers the time %p",
    (now) => {
      const address = fast.constant["time.now_ns"]?.({ ...CONTEXT, now: () => now }) ?? NOT_TAKEN;
      expect(codec.read(address)).toBe(now);
      expect(fast.constant["time.now_ns"]?.({ ...CONTEXT, now: () => now })).toBe(address);
    },
  );

  it("leaves the least integer to the ordinary builtin", () => {
    expect(fast.constant["time.now_ns"]?.({ ...CONTEXT, now: () => -(2n ** 63n) })).toBe(NOT_TAKEN);
  });
});
