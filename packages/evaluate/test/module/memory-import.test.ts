import { describe, expect, it } from "@jest/globals";

import { readMemoryImport } from "../../src/module/memory-import.ts";
import { compileRules } from "../support/policy.ts";
import { wasmOf } from "../support/wasm.ts";

describe("readMemoryImport", () => {
  it("reads the limits of a module that OPA made", async () => {
    const { wasm } = await compileRules("@yes := true");
    expect(readMemoryImport(wasm)?.minimumPages).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ["a minimum", [0, 0x85, 0x02], { minimumPages: 261 }],
    ["a maximum", [1, 3, 0x80, 0x80, 0x04], { minimumPages: 3, maximumPages: 65_536 }],
  ])("reads %s behind other imports", (_case, limits, expected) => {
    const imports = [
      ["env", "f", [0, 0]],
      ["env", "t", [1, 0x70, 1, 1, 2]],
      ["env", "g", [3, 0x7f, 0]],
      ["env", "memory", [2, ...limits]],
    ] as const;
    expect(readMemoryImport(wasmOf({ imports }))).toEqual(expected);
  });

  it("returns undefined without one", () => {
    expect(readMemoryImport(wasmOf({}))).toBeUndefined();
    expect(readMemoryImport(wasmOf({ imports: [["env", "f", [0, 0]]] }))).toBeUndefined();
  });
});
