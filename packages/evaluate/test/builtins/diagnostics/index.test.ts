import { describe, expect, it } from "@jest/globals";

import { DIAGNOSTIC_BUILTINS } from "../../../src/builtins/diagnostics/index.ts";
import { RegoDecimal } from "../../../src/values/values.ts";
import { callBuiltin, testContext } from "../../support/values.ts";

const call = (name: string, operands: readonly unknown[], context = testContext()) =>
  callBuiltin(DIAGNOSTIC_BUILTINS[name], operands, context);

/** The lines of one print whose operands are sets of values, as OPA's compiler hands them over. */
function printed(...operands: unknown[]): readonly string[] {
  const lines: string[] = [];
  expect(call("internal.print", [operands], testContext({ print: (line) => lines.push(line) }))).toBe(true);
  return lines;
}

describe("internal.print", () => {
  it("prints texts bare, and other values as Rego", () => {
    const values = { b: ['q"', new Set([1]), new Set()], a: [true, null, new RegoDecimal("1.50")] };
    expect(printed(new Set(["at", "once"].slice(0, 1)), new Set([values]), 'bare "text"', 7)).toEqual([
      'at {"a": [true, null, 1.50], "b": ["q\\"", {1}, set()]} bare "text" 7',
    ]);
  });

  it("prints a line for each combination of values, and says where there is none", () => {
    expect(printed(new Set(["a", "b"]), new Set(), new Set([1, 2]))).toEqual([
      "a <undefined> 1",
      "a <undefined> 2",
      "b <undefined> 1",
      "b <undefined> 2",
    ]);
    expect(printed()).toEqual([""]);
  });

  it("stops at lines that are too long together", () => {
    const numbers = new Set(Array.from({ length: 1000 }, (_, index) => index));
    expect(() => printed(new Set(["x".repeat(100_000)]), numbers)).toThrow(RangeError);
  });

  it("stops at more than ten thousand lines", () => {
    const values = new Set(Array.from({ length: 101 }, (_, index) => index));
    expect(() => printed(values, values)).toThrow(RangeError);
  });

  it("refuses what the compiler never hands over", () => {
    expect(() => printed([1])).toThrow(TypeError);
    expect(() => printed({})).toThrow(TypeError);
    expect(call("internal.print", ["x"])).toBeUndefined();
  });
});

describe("trace and internal.test_case", () => {
  it("are true, for a trace of a text", () => {
    expect(call("trace", ["note"])).toBe(true);
    expect(call("trace", [1])).toBeUndefined();
    expect(call("internal.test_case", [["case"]])).toBe(true);
  });
});

describe("rego.metadata.chain and rego.metadata.rule", () => {
  it("have no answer where the compiler left a call", () => {
    expect(call("rego.metadata.chain", [])).toBeUndefined();
    expect(call("rego.metadata.rule", [])).toBeUndefined();
  });
});
