import { beforeAll, describe, expect, it } from "@jest/globals";

import { MemberOrder } from "../../src/machine/member-order.ts";
import { createLayoutCodec, createTextCodec } from "../../src/machine/value-codec.ts";
import type { ValueCodec } from "../../src/machine/value-codec.ts";
import { parseValueText } from "../../src/values/value-text.ts";
import { compareValues } from "../../src/values/values.ts";
import { startRaw } from "../support/raw.ts";

const TEXTS = [
  ...[
    "null",
    "false",
    "true",
    "-7",
    "0",
    "3",
    "2.5",
    "1e3",
    "123456789012345678901",
    '""',
    '"a"',
    '"ab"',
    '"é"',
    '"😀"',
  ],
  ...["[]", "[1]", "[1, 2]", '["a"]', "set()", "{1, 2}", "{}", '{"a": 1}', '{"a": 2}', '{"a": 1, "b": 0}', '{"b": 0}'],
  ...['{"a": {"c": "x"}}', '{"a": {"c": "y"}}', '{"a": [1]}', "{1: 2}", '{"a": null}', '{"a": 2.5}', '{"a": "1"}'],
  '{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9}',
  '{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 9}',
];

let order: MemberOrder;
let writer: ValueCodec;
beforeAll(async () => {
  const { exports, memory } = await startRaw();
  writer = createTextCodec(exports, memory);
  order = new MemberOrder(memory, createLayoutCodec(exports, memory));
});

describe("MemberOrder.compare", () => {
  it("orders addresses as their values are ordered", () => {
    const values = TEXTS.map((text) => parseValueText(text));
    const addresses = values.map((value) => writer.write(value));
    for (const [i, left] of values.entries()) {
      for (const [j, right] of values.entries()) {
        const sign = Math.sign(order.compare(addresses[i] ?? 0, addresses[j] ?? 0));
        expect([TEXTS[i], TEXTS[j], sign]).toEqual([TEXTS[i], TEXTS[j], Math.sign(compareValues(left, right))]);
      }
    }
  });
});
