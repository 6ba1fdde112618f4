import { describe, expect, it } from "@jest/globals";

import { redirectCalls } from "../../src/substitution/instructions.ts";

const REDIRECTION = { from: 5, to: 300, beside: 6 };
const LOCALS = [1, 2, 0x7f];
const CALL_BESIDE = [0x10, 6];

function redirected(code: readonly number[]): number[] | undefined {
  const changed = redirectCalls(Uint8Array.from([...LOCALS, ...code]), REDIRECTION);
  return changed === undefined ? undefined : [...changed].slice(LOCALS.length);
}

describe("redirectCalls", () => {
  it("changes the calls of one function, however their index is written, and nothing else", () => {
    const code = [0x10, 5, 0x41, 0x10, 0x05, ...CALL_BESIDE, 0x10, 0x85, 0x80, 0, 0x10, 7, 0x0b];
    const expected = [0x10, 0xac, 2, 0x41, 0x10, 0x05, ...CALL_BESIDE, 0x10, 0xac, 2, 0x10, 7, 0x0b];
    expect(redirected(code)).toEqual(expected);
  });

  it.each([
    ["a constant of four bytes", [0x43, 0x10, 5, 0x10, 5]],
    ["a constant of eight bytes", [0x44, 0x10, 5, 0x10, 5, 0x10, 5, 0x10, 5]],
    ["a table of branches", [0x0e, 2, 0x10, 5, 0x10]],
    ["a load", [0x28, 0x10, 5]],
    ["an indirect call", [0x11, 0x10, 5]],
  ])("takes no byte of %s for a call", (_name, code) => {
    expect(redirected([...code, ...CALL_BESIDE, 0x0b])).toBeUndefined();
  });

  it("leaves alone code that does not call the function beside", () => {
    expect(redirected([0x10, 5, 0x0b])).toBeUndefined();
  });

  it.each([
    ["an instruction that OPA does not write", [0xfc, 0x0a, 0, 0]],
    ["half an instruction", [0x44, 1, 2]],
    ["a table of branches that never ends", [0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ["an index that never ends", [0x20, ...Array.from({ length: 100_000 }, () => 0x80)]],
  ])("throws RangeError for %s", (_name, code) => {
    expect(() => redirected(code)).toThrow(RangeError);
  });
});
