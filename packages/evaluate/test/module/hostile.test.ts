import { describe, expect, it } from "@jest/globals";
import { digestOf, PolicyPackError } from "@policy-pack/pack";

import { compilePolicy, createInstance, createPool, requiredBuiltins } from "../../src/index.ts";
import type { PolicyInstance } from "../../src/index.ts";
import { call, CALL, constant, DROP, FOREVER, GROW, handMade, PARAMETER, START } from "../support/hostile.ts";
import type { HandMade } from "../support/hostile.ts";

const [ENTRYPOINTS, BUILTINS, RESULT, LINE] = [1024, 2048, 4096, 8192];
const TEXTS = { [ENTRYPOINTS]: '{"t/x": 0}', [BUILTINS]: "{}", [RESULT]: '{{"result": 7}}', [LINE]: "line" };
/** Answers 7 to whatever it is asked. */
const SOUND = {
  entrypoints: constant(ENTRYPOINTS),
  builtins: constant(BUILTINS),
  opa_value_dump: PARAMETER,
  opa_json_parse: constant(16),
  opa_heap_ptr_get: constant(16_384),
  opa_malloc: constant(16_384),
  opa_eval: constant(RESULT),
};

function load({ texts = {}, bodies = {}, ...rest }: HandMade = {}): Promise<PolicyInstance> {
  const wasm = handMade({ texts: { ...TEXTS, ...texts }, bodies: { ...SOUND, ...bodies }, ...rest });
  const limits = { maxMemoryBytes: 4 * 1024 * 1024 };
  return createInstance({ wasm, data: {}, digest: digestOf(wasm), revision: "1", entrypoints: ["t/x"] }, { limits });
}

const refused = { name: "EvaluationError", code: "WASM_INVALID" };

describe("createInstance, on a hand-made module", () => {
  it("takes one that answers as OPA's do", async () => {
    const instance = await load();
    expect(instance.decide({ a: 1 }, "t/x").value).toBe(7);
    expect(requiredBuiltins(await compilePolicy(handMade({ texts: TEXTS, bodies: SOUND })))).toEqual([]);
  });

  it.each<[string, HandMade]>([
    ["a function that is a memory", { misnamed: { opa_eval: "memory" } }],
    ["a function that is a global", { misnamed: { builtins: "global" } }],
    ["a version that is a function", { misnamed: { opa_wasm_abi_version: "function" } }],
  ])("throws WASM_INVALID for %s", async (_case, parts) => {
    await expect(load(parts)).rejects.toMatchObject(refused);
  });

  it.each<[string, number[]]>([
    ["stops", [0x00]],
    ["aborts", [...constant(LINE), ...call(CALL.opa_abort)]],
    ["prints", [...constant(LINE), ...call(CALL.opa_println)]],
    ["calls a builtin", [...constant(0), ...constant(0), ...call(CALL.opa_builtin0), DROP]],
    ["recurses", call(START)],
  ])("throws WASM_INVALID for a start function that %s", async (_case, start) => {
    await expect(load({ start })).rejects.toMatchObject(refused);
  });

  it("leaves a start function the memory that it may have, and no more", async () => {
    const instance = await load({ start: GROW });
    expect(instance.decide(null, "t/x").value).toBe(7);
  });

  it.each<[string, number[]]>([
    ["stops", [0x00]],
    ["calls a builtin", [...constant(0), ...constant(0), ...call(CALL.opa_builtin0)]],
    ["lies at no address", constant(-1)],
    ["lies behind the memory", constant(4 * 1024 * 1024)],
    ["lies where nothing stands", constant(60_000)],
  ])("throws WASM_INVALID for a table that %s", async (_case, body) => {
    await expect(load({ bodies: { builtins: body } })).rejects.toMatchObject(refused);
    await expect(load({ bodies: { entrypoints: body } })).rejects.toMatchObject(refused);
  });

  it.each([
    "[]",
    "null",
    "{1, 2}",
    '{"t/x": -1}',
    '{"t/x": 65536}',
    '{"t/x": 4000000000}',
    '{"t/x": 1.5}',
    '{"t/x": "0"}',
    '{"t/x": null}',
    "{7: 0}",
    '{"t/x": 0, "t/y": 0}',
    '{"t/x": 0, "t/x": 1}',
    '{"t/x": 0',
    "{".repeat(100_000),
  ])("throws WASM_INVALID for the table %.40s", async (text) => {
    await expect(load({ texts: { [BUILTINS]: text, [RESULT * 4]: "" } })).rejects.toMatchObject(refused);
    await expect(load({ texts: { [ENTRYPOINTS]: text, [RESULT * 4]: "" } })).rejects.toMatchObject(refused);
  });

  it.each<[string, Record<string, number[]>]>([
    ["no memory for the data", { opa_malloc: constant(-1) }],
    ["memory behind the end", { opa_malloc: constant(0x7fffffff) }],
    ["a trap for it", { opa_malloc: [0x00] }],
    ["no value of it", { opa_json_parse: constant(0) }],
    ["a trap for its text", { opa_json_parse: [0x00] }],
  ])("throws WASM_INVALID when the module gives %s", async (_case, bodies) => {
    await expect(load({ bodies })).rejects.toMatchObject(refused);
  });
});

describe("decide, on a hand-made module", () => {
  it.each<[string, Record<string, number[]>]>([
    ["stops", { opa_eval: [0x00] }],
    ["aborts with no text", { opa_eval: [...constant(-1), ...call(CALL.opa_abort), ...constant(0)] }],
    ["answers at no address", { opa_eval: constant(-1) }],
    ["answers behind the memory", { opa_eval: constant(0x7fffffff) }],
    ["answers where nothing stands", { opa_eval: constant(60_000) }],
    ["calls a builtin that it never named", { opa_eval: [...constant(7), ...constant(0), ...call(CALL.opa_builtin0)] }],
    ["calls a builtin of no number", { opa_eval: [...constant(-1), ...constant(0), ...call(CALL.opa_builtin0)] }],
    ["grows to the cap and stops", { opa_eval: [...GROW, 0x00] }],
  ])("throws EVALUATION_FAILED when it %s, and goes on failing soundly", async (_case, bodies) => {
    const instance = await load({ bodies });
    for (let round = 0; round < 3; round++) {
      expect(() => instance.decide({ a: "x".repeat(500) }, "t/x")).toThrow(
        expect.objectContaining({ name: "EvaluationError", code: "EVALUATION_FAILED" }),
      );
    }
  });

  it.each([-1, 0x7fffffff, 4 * 1024 * 1024])("lives when the heap is said to be at %p", async (address) => {
    const outcome = load({ bodies: { opa_heap_ptr_get: constant(address) } })
      .then((instance) => instance.decide({ a: "x".repeat(500) }, "t/x").value)
      .catch((error: unknown) => (error instanceof PolicyPackError ? error.code : error));
    expect([7, "WASM_INVALID", "EVALUATION_FAILED"]).toContain(await outcome);
  });

  it("says what it prints to whom its caller named", async () => {
    const lines: string[] = [];
    const wasm = handMade({
      texts: TEXTS,
      bodies: { ...SOUND, opa_eval: [...constant(LINE), ...call(CALL.opa_println), ...constant(RESULT)] },
    });
    const contents = { wasm, data: {}, digest: digestOf(wasm), revision: "1", entrypoints: ["t/x"] };
    const instance = await createInstance(contents, { print: (line) => lines.push(line) });
    instance.decide(null, "t/x");
    expect(lines).toEqual(["line"]);
  });
});

describe("createPool, on a hand-made module", () => {
  it.each<[string, HandMade]>([
    ["start", { start: FOREVER }],
    ["name its builtins", { bodies: { builtins: [...FOREVER, ...constant(BUILTINS)] } }],
    ["take the data in", { bodies: { opa_json_parse: [...FOREVER, ...constant(16)] } }],
  ])("throws DEADLINE_EXCEEDED when it never ends to %s", async (_case, { bodies = {}, ...rest }) => {
    const wasm = handMade({ texts: TEXTS, bodies: { ...SOUND, ...bodies }, ...rest });
    const contents = { wasm, data: {}, digest: digestOf(wasm), revision: "1", entrypoints: ["t/x"] };
    await expect(createPool(contents, { size: 1, loadTimeoutMs: 1500 })).rejects.toMatchObject({
      name: "EvaluationError",
      code: "DEADLINE_EXCEEDED",
    });
  });

  it("throws DEADLINE_EXCEEDED for each decision that never ends", async () => {
    const bodies = { ...SOUND, opa_eval: [...FOREVER, ...constant(RESULT)] };
    const wasm = handMade({ texts: TEXTS, bodies });
    const contents = { wasm, data: {}, digest: digestOf(wasm), revision: "1", entrypoints: ["t/x"] };
    const pool = await createPool(contents, { size: 1, deadlineMs: 200 });
    const refusal = { name: "EvaluationError", code: "DEADLINE_EXCEEDED" };
    await expect(pool.decide(null, "t/x")).rejects.toMatchObject(refusal);
    await expect(pool.decide(null, "t/x")).rejects.toMatchObject(refusal);
    await pool.close();
  });
});
