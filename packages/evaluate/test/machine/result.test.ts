import { describe, expect, it } from "@jest/globals";

import { MemoryView } from "../../src/machine/memory.ts";
import { parseResult, readResult } from "../../src/machine/result.ts";

function memoryOf(text: string): MemoryView {
  const memory = new MemoryView({ buffer: new ArrayBuffer(64) });
  memory.bytes.write(`junk${text}\0junk`);
  return memory;
}

describe("readResult", () => {
  it.each([
    ['{{"result": true}}', true],
    ['{{"result": false}}', false],
    ['{{"result": "true"}}', "true"],
    ['{{"result": true}', undefined],
  ])("reads %s", (text, value) => {
    const read = () => readResult(memoryOf(text), 4, "t/x");
    if (value === undefined) expect(read).toThrow(SyntaxError);
    else expect(read()).toBe(value);
  });

  it("throws where the text has no end", () => {
    const memory = new MemoryView({ buffer: new ArrayBuffer(8) });
    memory.bytes.fill(0x20);
    expect(() => readResult(memory, 4, "t/x")).toThrow(RangeError);
  });
});

describe("parseResult", () => {
  it("returns sets sorted and keys of any type as text", () => {
    const text = '{{"result": {"b": {3, 1, 2}, "a": set(), {"x", [1]}: 1.50, {null: "k"}: 10e2}}}';
    expect(parseResult(text, "t/x")).toEqual({ b: [1, 2, 3], a: [], '["x",[1]]': 1.5, '{"null":"k"}': 1000 });
  });

  it("keeps a key named __proto__ as a property of its own", () => {
    const value = parseResult('{{"result": {"__proto__": {"admin": true}}}}', "t/x");
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { admin?: unknown }).admin).toBeUndefined();
  });

  it("throws DECISION_UNDEFINED for no result", () => {
    expect(() => parseResult("set()", "t/x")).toThrow(expect.objectContaining({ code: "DECISION_UNDEFINED" }));
  });

  it.each(['{{"result": true}, {"result": false}}', '{"result": true}', '{{"other": true}}', "{true}", "[]"])(
    "throws EVALUATION_FAILED for %s",
    (text) => {
      expect(() => parseResult(text, "t/x")).toThrow(expect.objectContaining({ code: "EVALUATION_FAILED" }));
    },
  );

  it.each(["9007199254740992", "-9007199254740992", "0.1", "0.333333333333333333333333333333", "1e300"])(
    "returns the number %s",
    (text) => {
      expect(parseResult(`{{"result": ${text}}}`, "t/x")).toBe(Number(text));
    },
  );

  it.each(["9007199254740993", "-9007199254740993", "9".repeat(400)])("returns the integer %s as a bigint", (text) => {
    expect(parseResult(`{{"result": [${text}]}}`, "t/x")).toEqual([BigInt(text)]);
  });

  it.each(["1e309", "-1e309", `1.${"0".repeat(10)}e400`])("throws EVALUATION_FAILED for %s", (text) => {
    expect(() => parseResult(`{{"result": [${text}]}}`, "t/x")).toThrow(
      expect.objectContaining({ code: "EVALUATION_FAILED" }),
    );
  });
});
