import { describe, expect, it } from "@jest/globals";

import { createInstance, createPool } from "../src/index.ts";
import { compileRules, loadRules } from "./support/policy.ts";

const RULES = [
  "@a_set := is_set(input)",
  "@kinds := {type_name(k) | some k, _ in input}",
  "@value := input[[1, null]]",
  "@members := [x | some x in input]",
  "@size := count(input)",
].join("\n");

/** In a module that tells no names the host goes by text. */
function withoutNames(wasm: Uint8Array): Uint8Array {
  const bytes = Buffer.from(wasm);
  bytes.write("\u0004nama", bytes.lastIndexOf(Buffer.from("\u0004name")), "latin1");
  return bytes;
}

describe("an input with what JSON has no form for", () => {
  it.each(["as OPA lays out its values", "by text"])("is taken %s", async (way) => {
    const contents = await compileRules(RULES);
    const wasm = way === "by text" ? withoutNames(contents.wasm) : contents.wasm;
    const instance = await createInstance({ ...contents, wasm });
    expect(instance.decide(new Set(["b", "a", "b"]), "t/a_set").value).toBe(true);
    expect(instance.decide(new Set(), "t/a_set").value).toBe(true);
    expect(instance.decide(new Set([[1], [1], new Set([1])]), "t/size").value).toBe(2);
    const keys = new Map<unknown, unknown>([
      [[1, null], "found"],
      [7, 1],
      [true, 2],
    ]);
    expect(instance.decide(keys, "t/kinds").value).toEqual(["array", "boolean", "number"]);
    expect(instance.decide(keys, "t/value").value).toBe("found");
    expect(instance.decide(new Map(), "t/size").value).toBe(0);
  });

  it("is visited in OPA's order", async () => {
    const instance = await loadRules(RULES);
    const members = new Set<unknown>(["b", [2], 10, "a", null, { k: 1 }, 9]);
    expect(instance.decide(members, "t/members").value).toEqual([null, 9, 10, "a", "b", [2], { k: 1 }]);
  });

  it.each([
    [
      "a set that holds itself",
      () => {
        const set = new Set<unknown>();
        return set.add(set);
      },
    ],
    ["a function in a set", () => new Set([() => undefined])],
    ["a symbol for a key", () => new Map([[Symbol("k"), 1]])],
    ["undefined in a map", () => new Map([["k", undefined]])],
  ])("refuses %s", async (_name, make) => {
    const instance = await loadRules(RULES);
    expect(() => instance.decide(make(), "t/size")).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it("is refused where it would go as JSON: in data, and by a pool", async () => {
    const contents = await compileRules(RULES);
    const instance = await createInstance(contents);
    expect(() => {
      instance.setData({ a: new Set([1]) });
    }).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    const pool = await createPool(contents, { size: 1 });
    try {
      await expect(pool.decide(new Set([1]), "t/size")).rejects.toMatchObject({ code: "INPUT_INVALID" });
    } finally {
      await pool.close();
    }
  });
});
