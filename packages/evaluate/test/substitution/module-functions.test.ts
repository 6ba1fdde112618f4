import { describe, expect, it } from "@jest/globals";

import { wasmEngine } from "../../src/module/engine.ts";
import { readFunctions } from "../../src/substitution/module-functions.ts";
import type { ModuleFunctions } from "../../src/substitution/module-functions.ts";
import { wasmOf } from "../support/wasm.ts";

const NAMES = [4, 110, 97, 109, 101];
const CODE = [2, 0, 0x0b];
/** One imported function and two of the module's own; the name section is put behind. */
const SECTIONS = [
  [3, [2, 0, 0]],
  [10, [2, ...CODE, ...CODE]],
] as const;

function moduleWith(...sections: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  return wasmOf({ imports: [["env", "f", [0, 0]]], sections: [...SECTIONS, ...sections] });
}

/** A name section of the one subsection that names functions, all by one letter. */
function named(
  ...functions: readonly (readonly [name: string, index: number])[]
): readonly [number, readonly number[]] {
  const entries = functions.flatMap(([name, index]) => [index, 1, name.charCodeAt(0)]);
  return [0, [...NAMES, 1, entries.length + 1, functions.length, ...entries]];
}

function functionsOf(module: Uint8Array): ModuleFunctions {
  const functions = readFunctions(module);
  if (functions === undefined) throw new TypeError("the module has functions");
  return functions;
}

describe("readFunctions", () => {
  it("counts imported functions first, and knows the code of the others", () => {
    const functions = functionsOf(moduleWith(named(["a", 0], ["b", 2])));
    expect(functions.imported).toEqual(["f"]);
    expect(functions.count).toBe(3);
    expect([0, 1, 2, 3].map((index) => functions.code(index)?.length)).toEqual([undefined, 2, 2, undefined]);
    expect([...functions.names]).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });

  it("leaves out a name that is there twice, in one section or in two", () => {
    expect([...functionsOf(moduleWith(named(["a", 1], ["a", 2]))).names]).toEqual([]);
    expect([...functionsOf(moduleWith(named(["a", 1], ["b", 1]), named(["a", 2]))).names]).toEqual([["b", 1]]);
  });

  it.each([
    ["names that end too early", moduleWith([0, [...NAMES, 1, 3, 9, 1, 1]])],
    ["a second section of code", moduleWith([10, [2, ...CODE, ...CODE]])],
    ["more code than it says", wasmOf({ sections: [SECTIONS[0], [10, [1, ...CODE, ...CODE]]] })],
    ["code behind the last function", moduleWith([3, [1, 0]])],
    ["an index of over 32 bits", moduleWith([0, [...NAMES, 1, 9, 1, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 97, 0]])],
  ])("leaves a module with %s to the engine", (_name, module) => {
    expect(readFunctions(module)).toBeUndefined();
  });
});

describe("ModuleFunctions", () => {
  it("writes what it read when nothing changed", () => {
    const module = moduleWith(named(["a", 1]));
    expect([...functionsOf(module).write()]).toEqual([...module]);
  });

  it("writes other code in its place, and new functions at the end", async () => {
    const functions = functionsOf(moduleWith());
    functions.replace(1, Uint8Array.of(0, 0x01, 0x0b));
    expect(functions.add(2, Uint8Array.of(0, 0x10, 1, 0x0b))).toBe(3);
    const bytes = Uint8Array.from(functions.write());
    await expect(wasmEngine.compile(bytes)).resolves.toBeDefined();
    const changed = functionsOf(bytes);
    expect([1, 2, 3].map((index) => [...(changed.code(index) ?? [])])).toEqual([
      [0, 1, 11],
      [0, 11],
      [0, 16, 1, 11],
    ]);
  });
});
