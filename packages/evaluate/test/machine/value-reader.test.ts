import { beforeAll, describe, expect, it } from "@jest/globals";

import { toDecisionValue } from "../../src/values/decision-value.ts";
import { parseValueText } from "../../src/values/value-text.ts";
import { createTextCodec } from "../../src/machine/value-codec.ts";
import { ValueReader } from "../../src/machine/value-reader.ts";
import { loadRules } from "../support/policy.ts";
import { startRaw } from "../support/raw.ts";
import type { RawModule } from "../support/raw.ts";

let raw: RawModule;
beforeAll(async () => {
  raw = await startRaw();
});

function parse(text: string): number {
  const start = raw.exports.opa_malloc(Buffer.byteLength(text));
  raw.memory.refresh();
  const length = raw.memory.bytes.write(text, start);
  const address = raw.exports.opa_value_parse(start, length);
  raw.memory.refresh();
  return address;
}

function reader(constantsEnd = 0): ValueReader {
  return new ValueReader(raw.memory, createTextCodec(raw.exports, raw.memory), constantsEnd);
}

const HEADS = ["z", "y", "x", "é", "😀", "\uff5a"];
const VALUES = [
  "null",
  "true",
  "false",
  "0",
  "-7",
  "1.50",
  "1e3",
  "9007199254740993",
  "-9223372036854775808",
  "123456789012345678901234567890",
  '""',
  '"é😀\\u0000\\n"',
  "[]",
  "{}",
  "set()",
  '[1, [2, {"a": [3]}]]',
  '{"b": 1, "a": {"d": 2, "c": 3}, "é": 4, "😀": 5}',
  "{3, 1, 2}",
  '{"a": {"x", "b"}}',
  "{1: 2}",
  "{[1]: {null: 3}}",
  '{"__proto__": {"admin": true}}',
  '[{"a": "one", "b": "one"}, {"b": "two", "a": "one"}]',
  // Few and many keys are sorted in two ways.
  ...[2, 15, 16, 17, 40].map((count) => {
    const keys = Array.from(
      { length: count },
      (_, index) => `${HEADS[(index * 7) % HEADS.length] ?? ""}${(index * 13) % count}`,
    );
    return JSON.stringify(Object.fromEntries(keys.map((key, index) => [key, index])));
  }),
];

describe("ValueReader.readResult", () => {
  it.each(VALUES)("reads %s as the text path does", (text) => {
    const expected = toDecisionValue(parseValueText(text));
    const value = reader().readResult(parse(`{{"result": ${text}}}`));
    expect(value).toEqual(expected);
    if (typeof expected === "object" && expected !== null)
      expect(Object.keys(value as object)).toEqual(Object.keys(expected));
  });

  it("keeps a key named __proto__ as a property of its own", () => {
    const value = reader().readResult(parse('{{"result": {"__proto__": {"admin": true}}}}'));
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { admin?: unknown }).admin).toBeUndefined();
  });

  it.each([
    "set()",
    '{{"result": 1}, {"result": 2}}',
    '{{"other": 1}}',
    '{{"result": 1, "a": 2}}',
    "{1}",
    '{"result": 1}',
    "[]",
  ])("leaves %s to the text path", (text) => {
    expect(reader().readResult(parse(text))).toBeUndefined();
  });

  it("leaves an address outside of the memory to the text path", () => {
    expect(reader().readResult(0xfffffff0)).toBeUndefined();
  });

  it.each([
    [
      "a list that holds itself",
      "[1]",
      (list: number, { data }: RawModule["memory"]) => {
        data.setUint32(data.getUint32(list + 4, true) + 4, list, true);
      },
    ],
    [
      "a list that says it is longer than the memory",
      "[1]",
      (list: number, { data }: RawModule["memory"]) => {
        data.setUint32(list + 8, 0xffffffff, true);
      },
    ],
    [
      "a chain without end",
      '{"a": 1}',
      (object: number, { data }: RawModule["memory"]) => {
        const buckets = data.getUint32(object + 4, true);
        for (let bucket = 0; bucket < 8; bucket++) {
          const element = data.getUint32(buckets + bucket * 4, true);
          if (element !== 0) data.setUint32(element + 8, element, true);
        }
      },
    ],
    [
      "a text beyond the memory",
      '"a"',
      (text: number, { data }: RawModule["memory"]) => {
        data.setUint32(text + 4, 0x7fffffff, true);
      },
    ],
  ])("leaves %s to the text path", (_case, text, spoil) => {
    const set = parse(`{{"result": ${text}}}`);
    const { data } = raw.memory;
    const only = (table: number): number => {
      const buckets = data.getUint32(table + 4, true);
      const used = Array.from({ length: 8 }, (_item, bucket) => data.getUint32(buckets + bucket * 4, true));
      return used.find((element) => element !== 0) ?? 0;
    };
    spoil(data.getUint32(only(data.getUint32(only(set), true)) + 4, true), raw.memory);
    expect(reader().readResult(set)).toBeUndefined();
  });

  it("reads a constant's text once", () => {
    const set = parse('{{"result": "before"}}');
    const once = reader(raw.memory.bytes.length);
    expect(once.readResult(set)).toBe("before");
    raw.memory.bytes.set(Buffer.from("after!"), raw.memory.bytes.lastIndexOf("before"));
    expect(once.readResult(set)).toBe("before");
    expect(reader().readResult(set)).toBe("after!");
  });
});

describe("an answer of many copies", () => {
  const RULES = [
    "@texts := [x | some _ in input.rows; some x in [input.a, input.b]]",
    "@keys := [x | some _ in input.rows; some x in [{input.a: 1, input.b: 2}]]",
    "roles := {y | some y in input.members}",
    "@shared := [roles | some _ in input.rows]",
  ].join("\n");
  const rows = Array.from({ length: 4000 }, () => 1);
  const members = Array.from({ length: 2000 }, (_, index) => index);
  const large = { rows, a: "a".repeat(64_000), b: "b".repeat(64_000), members };

  // Each copy would take as much again on this side: half a gigabyte.
  it.each(["texts", "keys", "shared"])("of %s is refused as text is, and costs no more than that", async (rule) => {
    const instance = await loadRules(RULES, { limits: { maxMemoryBytes: 64 * 1024 * 1024 } });
    expect(() => instance.decide(large, `t/${rule}`)).toThrow("needs more memory");
    expect(() => instance.decideText(large, `t/${rule}`)).toThrow("needs more memory");
    const small = { rows: [1, 2], a: "x", b: "y", members: [2, 1] };
    expect(instance.decide(small, "t/texts").value).toEqual(["x", "y", "x", "y"]);
    expect(instance.decide(small, "t/shared").value).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
