import { beforeAll, describe, expect, it } from "@jest/globals";
import type { PackContents } from "@policy-pack/pack";

import { createInstance } from "../../src/index.ts";
import { compileModule } from "../../src/module/module.ts";
import { compileRules } from "../support/policy.ts";
import { patch, wasmOf } from "../support/wasm.ts";

const MEMORY = ["env", "memory", [2, 0, 1]] as const;

describe("compileModule", () => {
  it("compiles what OPA made", async () => {
    const { wasm } = await compileRules("@yes := true");
    await expect(compileModule(wasm)).resolves.toMatchObject({ memory: { minimumPages: expect.any(Number) } });
  });

  it.each([
    ["no bytes", Uint8Array.of()],
    ["text", Buffer.from("package t")],
    ["a header alone, cut short", wasmOf({}).subarray(0, 7)],
    ["no exports", wasmOf({ imports: [MEMORY] })],
    ["another function of env", wasmOf({ imports: [MEMORY, ["env", "open", [0, 0]]] })],
    ["a known name of another module", wasmOf({ imports: [MEMORY, ["wasi", "opa_abort", [0, 0]]] })],
    ["a global as a known name", wasmOf({ imports: [MEMORY, ["env", "opa_abort", [3, 0x7f, 0]]] })],
    ["a second memory", wasmOf({ imports: [["env", "memory2", [2, 0, 1]]] })],
  ])("throws WASM_INVALID for %s", async (_case, wasm) => {
    await expect(compileModule(wasm)).rejects.toMatchObject({ name: "EvaluationError", code: "WASM_INVALID" });
  });

  it("throws WASM_INVALID for every cut of a real module", async () => {
    const { wasm } = await compileRules("@yes := true");
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const cut = wasm.subarray(0, Math.floor(wasm.length * share));
      await expect(compileModule(cut)).rejects.toMatchObject({ code: "WASM_INVALID" });
    }
  });
});

describe("createInstance, on a module that is not as OPA makes it", () => {
  let contents: PackContents;
  beforeAll(async () => {
    contents = await compileRules("@yes := true");
  });

  // Two immutable i32 globals end the section: the ABI's version 1 and its minor version 3.
  const ABI = [0x7f, 0x00, 0x41, 1, 0x0b, 0x7f, 0x00, 0x41, 3, 0x0b];
  it.each([
    ["another ABI version", 2, 3],
    ["a minor version without opa_eval", 1, 1],
  ])("throws WASM_INVALID for %s", async (_case, version, minor) => {
    const wasm = patch(contents.wasm, ABI, ABI.with(3, version).with(8, minor));
    await expect(createInstance({ ...contents, wasm })).rejects.toMatchObject({ code: "WASM_INVALID" });
  });

  it("takes a later minor version", async () => {
    const wasm = patch(contents.wasm, ABI, ABI.with(8, 9));
    const instance = await createInstance({ ...contents, wasm });
    expect(instance.decide({}, "t/yes").value).toBe(true);
  });

  it("throws WASM_INVALID when an export is missing", async () => {
    const name = [...Buffer.from("opa_value_dump")];
    const wasm = patch(contents.wasm, [name.length, ...name, 0], [name.length, ...name.with(0, 0x6e), 0]);
    await expect(createInstance({ ...contents, wasm })).rejects.toMatchObject({
      code: "WASM_INVALID",
      message: expect.stringContaining("opa_value_dump"),
    });
  });
});
