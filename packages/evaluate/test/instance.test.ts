import { beforeAll, describe, expect, it } from "@jest/globals";
import type { PackContents } from "@policy-pack/pack";

import { createInstance, jsonText } from "../src/index.ts";
import type { PolicyInstance } from "../src/index.ts";
import { compileRules, loadRules } from "./support/policy.ts";
import { patch } from "./support/wasm.ts";

const RULES = `
@echo := input
@kind := type_name(input) if true
@missing if not input
@always := 1 if input.one
always := 2 if input.two
@limit := data.limits.max
@unique contains input.list[_]
@keys := {1: "one", true: "yes", ["a"]: "list", "b": "text"}
@numbers := to_number(input)
@sum := input + 1
`;

const bytesOf = (text: string) => [...Buffer.from(text)];

describe("createInstance", () => {
  let contents: PackContents;
  beforeAll(async () => {
    contents = await compileRules(RULES, { limits: { max: 7 } });
  });

  it("returns the sorted entrypoints", async () => {
    const { entrypoints } = await createInstance(contents);
    expect(entrypoints).toContain("t/echo");
    expect(entrypoints).toEqual(contents.entrypoints.toSorted());
  });

  it.each([
    ["one less", (names: readonly string[]) => names.slice(1)],
    ["one more", (names: readonly string[]) => [...names, "t/other"]],
    ["another", (names: readonly string[]) => [...names.slice(1), "t/other"]],
  ])("throws WASM_INVALID when the pack declares %s entrypoint", async (_case, change) => {
    const loading = createInstance({ ...contents, entrypoints: change(contents.entrypoints) });
    await expect(loading).rejects.toMatchObject({ name: "EvaluationError", code: "WASM_INVALID" });
  });

  it("throws WASM_INVALID that names every builtin it lacks", async () => {
    const { wasm, ...other } = await compileRules(`@id := [uuid.rfc4122(input), crypto.md5(input), time.now_ns()]`);
    const renamed = patch(
      patch(wasm, bytesOf("crypto.md5"), bytesOf("crypto.md0")),
      bytesOf("uuid.rfc4"),
      bytesOf("uuid.rfc0"),
    );
    await expect(createInstance({ ...other, wasm: renamed })).rejects.toMatchObject({
      code: "WASM_INVALID",
      message: expect.stringMatching(/crypto\.md0, uuid\.rfc0122(?!.*time)/),
    });
  });

  it("throws WASM_INVALID when the memory cap is below what the module starts with", async () => {
    const loading = createInstance(contents, { limits: { maxMemoryBytes: 65_536 } });
    await expect(loading).rejects.toMatchObject({ code: "WASM_INVALID" });
  });

  it("throws WASM_INVALID when the data does not fit the memory cap", async () => {
    const data = { limits: Array.from({ length: 100_000 }, (_item, index) => index) };
    const loading = createInstance({ ...contents, data }, { limits: { maxMemoryBytes: 2 * 1024 * 1024 } });
    await expect(loading).rejects.toMatchObject({ code: "WASM_INVALID", cause: expect.anything() });
  });

  it.each([{ maxMemoryBytes: 0 }, { maxMemoryBytes: 2 ** 33 }, { maxInputBytes: Number.NaN }, { maxInputDepth: 1.5 }])(
    "throws CONFIG_INVALID for the limits %p",
    async (limits) => {
      await expect(createInstance(contents, { limits })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    },
  );

  it("throws INPUT_INVALID for data that JSON cannot carry", async () => {
    const loading = createInstance({ ...contents, data: { at: Number.NaN } });
    await expect(loading).rejects.toMatchObject({ name: "FormatError", code: "INPUT_INVALID" });
  });

  it("takes the data once", async () => {
    const data = { limits: { max: 7 } };
    const instance = await createInstance({ ...contents, data });
    data.limits.max = 8;
    expect(instance.decide(null, "t/limit").value).toBe(7);
  });

  it("takes the module's bytes once", async () => {
    const wasm = Uint8Array.from(contents.wasm);
    const loading = createInstance({ ...contents, wasm });
    wasm.fill(0);
    await expect(loading).resolves.toBeDefined();
  });
});

describe("decide", () => {
  let instance: PolicyInstance;
  beforeAll(async () => {
    instance = await loadRules(RULES, { data: { limits: { max: 7 } } });
  });

  it("returns value, revision and digest", async () => {
    const contents = await compileRules(`@yes := true`);
    const decision = (await createInstance(contents)).decide({}, "t/yes");
    const { revision, digest } = contents;
    expect(decision).toEqual({ value: true, revision, digest, builtinErrors: [] });
  });

  it.each([
    [false, "boolean"],
    [0, "number"],
    ["", "string"],
    [null, "null"],
    [[], "array"],
    [{}, "object"],
  ])("takes %j as an input", (input, kind) => {
    expect(instance.decide(input, "t/kind").value).toBe(kind);
    expect(instance.decide(input, "t/echo").value).toEqual(input);
  });

  it("takes undefined as no input", () => {
    expect(instance.decide(undefined, "t/missing").value).toBe(true);
    expect(() => instance.decide(undefined, "t/echo")).toThrow(expect.objectContaining({ code: "DECISION_UNDEFINED" }));
  });

  it("throws DECISION_UNDEFINED where the policy says nothing, and goes on", () => {
    expect(() => instance.decide({}, "t/always")).toThrow(
      expect.objectContaining({ name: "EvaluationError", code: "DECISION_UNDEFINED" }),
    );
    expect(instance.decide({ one: true }, "t/always").value).toBe(1);
  });

  it("throws ENTRYPOINT_UNKNOWN that names the known ones", () => {
    for (const name of ["t/nope", "", "t", "__proto__", "data.t.echo"]) {
      expect(() => instance.decide({}, name)).toThrow(
        expect.objectContaining({ code: "ENTRYPOINT_UNKNOWN", message: expect.stringContaining("t/echo") }),
      );
    }
  });

  it("throws TypeError for an entrypoint that is no string", () => {
    expect(() => instance.decide({}, 0 as unknown as string)).toThrow(TypeError);
  });

  it("throws EVALUATION_FAILED with OPA's message on a conflict, and the next decision is sound", () => {
    // Each abort leaves the module's stack lower: after about 500 on one machine nothing works any more.
    for (let round = 0; round < 800; round++) {
      expect(() => instance.decide({ one: true, two: true }, "t/always")).toThrow(
        expect.objectContaining({ code: "EVALUATION_FAILED", message: expect.stringContaining("conflict") }),
      );
    }
    expect(instance.decide({ two: true }, "t/always").value).toBe(2);
  });

  it("throws INPUT_INVALID for an input that JSON cannot carry, and goes on", () => {
    expect(() => instance.decide({ at: Number.NaN }, "t/echo")).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID" }),
    );
    expect(instance.decide({ at: 1 }, "t/echo").value).toEqual({ at: 1 });
  });

  it("returns sets sorted, keys as text and objects as they are", () => {
    const list = ["b", 10, null, "a", 9, "a", true, [2], { k: 1 }, "é", "😀", "\uffff"];
    expect(instance.decide({ list }, "t/unique").value).toEqual([
      null,
      true,
      9,
      10,
      "a",
      "b",
      "é",
      "\uffff",
      "😀",
      [2],
      { k: 1 },
    ]);
    expect(instance.decide({}, "t/keys").value).toEqual({ 1: "one", true: "yes", '["a"]': "list", b: "text" });
  });

  it.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775808", -(2 ** 63)],
    ["9223372036854775807", 9223372036854775807n],
    ["123456789012345678901234567890", 123456789012345678901234567890n],
    ["1.0", 1],
    ["0.1", 0.1],
  ])("returns the number %s exactly, or the nearest double of a decimal", (text, value) => {
    expect(instance.decide(text, "t/numbers").value).toBe(value);
    expect(instance.decide(jsonText(text), "t/echo").value).toBe(value);
    expect(instance.decideText(jsonText(text), "t/echo")).toBe(text);
  });

  it("throws EVALUATION_FAILED for a decimal beyond any double, whose text it tells", () => {
    const input = jsonText("1e400");
    expect(() => instance.decide(input, "t/echo")).toThrow(expect.objectContaining({ code: "EVALUATION_FAILED" }));
    expect(instance.decideText(input, "t/echo")).toBe("1e400");
  });

  it("refuses a decision within a decision", () => {
    const input = {
      get inner(): unknown {
        return instance.decide({}, "t/echo").value;
      },
    };
    expect(() => instance.decide(input, "t/echo")).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: "EVALUATION_FAILED" }) }),
    );
    expect(instance.decide(1, "t/echo").value).toBe(1);
  });
});

describe("decide, from one input to the next", () => {
  it("carries an input that makes the memory grow, at once and again", async () => {
    const instance = await loadRules(RULES);
    const large = { list: Array.from({ length: 60_000 }, (_item, index) => `item-${index}-é`), text: "x".repeat(3e6) };
    for (let round = 0; round < 3; round++) {
      expect(instance.decide(large, "t/echo").value).toEqual(large);
      expect(instance.decide({ list: [1] }, "t/echo").value).toEqual({ list: [1] });
    }
  });

  it("carries the deepest input that the limits can allow", async () => {
    const instance = await loadRules(RULES, { limits: { maxInputDepth: 512 } });
    let deep: unknown = 1;
    for (let depth = 0; depth < 512; depth++) deep = depth % 2 === 0 ? [deep] : { k: deep };
    expect(instance.decide(deep, "t/echo").value).toEqual(deep);
  });

  it("never shows an earlier input", async () => {
    const instance = await loadRules(RULES);
    instance.decide({ one: true, two: false, secret: "s3cret" }, "t/echo");
    expect(instance.decide({}, "t/echo").value).toEqual({});
    expect(() => instance.decide({}, "t/always")).toThrow(expect.objectContaining({ code: "DECISION_UNDEFINED" }));
    expect(instance.decide(undefined, "t/missing").value).toBe(true);
  });

  it("throws MEMORY_EXCEEDED at the memory cap, and the next decision is sound", async () => {
    const instance = await loadRules(RULES, { limits: { maxMemoryBytes: 2 * 1024 * 1024 } });
    const list = Array.from({ length: 50_000 }, (_item, index) => index);
    expect(() => instance.decide({ list }, "t/unique")).toThrow(expect.objectContaining({ code: "MEMORY_EXCEEDED" }));
    expect(instance.decide({ list: [2, 1] }, "t/unique").value).toEqual([1, 2]);
  });

  it("throws LIMIT_EXCEEDED beyond the input cap", async () => {
    const instance = await loadRules(RULES, { limits: { maxInputBytes: 100 } });
    expect(() => instance.decide("x".repeat(99), "t/kind")).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    expect(instance.decide("x".repeat(98), "t/kind").value).toBe("string");
  });
});

describe("decide, on numbers of endless digits", () => {
  it("throws soon, and the next decision is sound", async () => {
    const policy = await loadRules(RULES, { data: { limits: { max: 7 } } });
    const start = performance.now();
    expect(() => policy.decide(jsonText("1e9999999"), "t/sum")).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(EVALUATION|BUILTIN)_FAILED$/) }),
    );
    expect(performance.now() - start).toBeLessThan(1500);
    expect(policy.decide(1, "t/sum").value).toBe(2);
  });
});
