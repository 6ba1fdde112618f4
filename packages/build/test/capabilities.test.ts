import { describe, expect, it } from "@jest/globals";
import { parseCapabilities } from "../src/capabilities.ts";

const PLUS = { name: "plus", decl: { type: "function", args: [{ type: "number" }], result: { type: "number" } } };
const ABS = { name: "abs", decl: { type: "function", args: [], result: { type: "number" } } };
const digestOfText = (value: unknown): string => parseCapabilities(JSON.stringify(value)).digest;

describe("parseCapabilities", () => {
  it("when builtins, keys and other fields come in another way returns the same digest", () => {
    const { type, args, result } = PLUS.decl;
    const other = { decl: { result, args, type }, name: "plus", description: "Adds.", infix: "+", wasm: true };
    const expected = digestOfText({ builtins: [PLUS, ABS] });
    expect(digestOfText({ features: ["x"], wasm_abi_versions: [], builtins: [ABS, other] })).toBe(expected);
  });

  it("when a name or signature is another returns another digest", () => {
    const expected = digestOfText({ builtins: [ABS] });
    expect(digestOfText({ builtins: [{ ...ABS, name: "abs2" }] })).not.toBe(expected);
    expect(digestOfText({ builtins: [{ ...ABS, decl: PLUS.decl }] })).not.toBe(expected);
    expect(digestOfText({ builtins: [ABS, PLUS] })).not.toBe(expected);
  });

  it("when asked for offline capabilities allows no host and keeps the rest", () => {
    const value = { builtins: [ABS], features: ["f"], allow_net: ["example.org"] };
    expect(JSON.parse(parseCapabilities(JSON.stringify(value)).offline)).toEqual({ ...value, allow_net: [] });
  });

  it.each([
    "",
    "[]",
    "{}",
    '{"builtins":{}}',
    '{"builtins":[1]}',
    '{"builtins":[{"name":"x"}]}',
    '{"builtins":[{"decl":{}}]}',
  ])("when OPA printed %s throws TOOL_FAILED", (text) => {
    expect(() => parseCapabilities(text)).toThrow(expect.objectContaining({ code: "TOOL_FAILED", exitCode: 2 }));
  });
});
