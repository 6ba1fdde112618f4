import { beforeEach, describe, expect, it } from "@jest/globals";

import { jsonText } from "../../src/index.ts";
import type { PolicyInstance } from "../../src/index.ts";
import { loadRules } from "../support/policy.ts";
import { createRandom } from "../support/random.ts";

const RULES = `
@all := data.x
@at := data.x[input]
@always := 1 if input.one
always := 2 if input.two
@filled := [v | v := numbers_upto(input)[_]]
numbers_upto(n) := numbers.range(1, n)
`;

let instance: PolicyInstance;
beforeEach(async () => {
  instance = await loadRules(RULES, { data: { x: { a: { b: 1 }, list: [1, { c: 2 }], text: "t" } } });
});

const text = (): string => instance.decideText(null, "t/all");
/** An abort leaves the machine's stack wrong: the next decision starts another. */
function breakMachine(): void {
  expect(() => instance.decide({ one: 1, two: 1 }, "t/always")).toThrow(
    expect.objectContaining({ code: "EVALUATION_FAILED" }),
  );
}

describe("setData", () => {
  it.each([
    ["a value", { x: { n: 1n, at: [true, "é"] } }, '{"at":[true,"é"],"n":1}'],
    ["bytes", Buffer.from(' {"x": {"n": 1.0, "at": 18446744073709551616}}'), '{"at":18446744073709551616,"n":1.0}'],
    ["text", jsonText('{"x":{"a\\u0000":"\\ud800"}}'), '{"a\\u0000":"\ufffd"}'],
  ])("replaces every document by %s, also on the machines to come", (_case, data, expected) => {
    instance.setData(data);
    expect(text()).toBe(expected);
    breakMachine();
    expect(text()).toBe(expected);
  });

  it.each([
    ["a string", '{"x":1}', "INPUT_INVALID"],
    ["a list", [], "INPUT_INVALID"],
    ["undefined", undefined, "INPUT_INVALID"],
    ["no JSON", Buffer.from("{"), "INPUT_INVALID"],
    ["a list as bytes", Buffer.from("[1]"), "INPUT_INVALID"],
    ["what JSON cannot carry", { x: { y: () => 1 } }, "INPUT_INVALID"],
    ["what is nested too deep", jsonText('{"x":'.repeat(200) + "1" + "}".repeat(200)), "INPUT_INVALID"],
  ])("changes nothing for %s", (_case, data, code) => {
    const before = text();
    expect(() => {
      instance.setData(data as never);
    }).toThrow(expect.objectContaining({ name: "FormatError", code }));
    expect(text()).toBe(before);
  });

  it("throws MEMORY_EXCEEDED and keeps the documents that were there", async () => {
    instance = await loadRules(RULES, { data: { x: 1 }, limits: { maxMemoryBytes: 4 * 1024 * 1024 } });
    instance.patchData(["x"], 2);
    const large = { x: Array.from({ length: 100_000 }, (_item, index) => index) };
    expect(() => {
      instance.setData(large);
    }).toThrow(expect.objectContaining({ name: "EvaluationError", code: "MEMORY_EXCEEDED" }));
    expect(text()).toBe("2");
  });

  it("throws LIMIT_EXCEEDED for more bytes than the memory may have", async () => {
    instance = await loadRules(RULES, { data: { x: 1 }, limits: { maxMemoryBytes: 2 * 1024 * 1024 } });
    expect(() => {
      instance.setData(Buffer.alloc(2 * 1024 * 1024 + 1, 0x20));
    }).toThrow(expect.objectContaining({ name: "FormatError", code: "LIMIT_EXCEEDED" }));
  });

  it("takes the bytes once", () => {
    const json = Buffer.from('{"x":1}');
    instance.setData(json);
    json.fill("y");
    breakMachine();
    expect(text()).toBe("1");
  });

  it("keeps to its memory over thousands of documents and decisions", async () => {
    instance = await loadRules(RULES, { data: { x: 1 }, limits: { maxMemoryBytes: 4 * 1024 * 1024 } });
    for (let round = 0; round < 3000; round++) {
      instance.setData({ x: { round, rows: Array.from({ length: 100 }, (_item, index) => `row ${index + round}`) } });
      expect(instance.decide("round", "t/at").value).toBe(round);
    }
  });
});

describe("patchData", () => {
  it.each<[string, string[], unknown, string]>([
    ["a value", ["x", "a", "b"], 2n, '{"a":{"b":2},"list":[1,{"c":2}],"text":"t"}'],
    ["a new key", ["x", "a", "é"], "s", '{"a":{"b":1,"é":"s"},"list":[1,{"c":2}],"text":"t"}'],
    [
      "objects on the way",
      ["x", "p", "q", ""],
      null,
      '{"a":{"b":1},"list":[1,{"c":2}],"p":{"q":{"":null}},"text":"t"}',
    ],
    ["a list", ["x", "list"], [], '{"a":{"b":1},"list":[],"text":"t"}'],
    ["bytes", ["x", "a"], Buffer.from("[1.0]"), '{"a":[1.0],"list":[1,{"c":2}],"text":"t"}'],
    ["text", ["x", "a"], jsonText("1.50"), '{"a":1.50,"list":[1,{"c":2}],"text":"t"}'],
    ["a string", ["x", "a"], "1.50", '{"a":"1.50","list":[1,{"c":2}],"text":"t"}'],
    [
      "half a surrogate pair",
      ["x", "a", "\ud800"],
      "\udc00",
      '{"a":{"b":1,"\ufffd":"\ufffd"},"list":[1,{"c":2}],"text":"t"}',
    ],
    ["the top", ["x"], { y: 1 }, '{"y":1}'],
    ["nothing, which removes", ["x", "a", "b"], undefined, '{"a":{},"list":[1,{"c":2}],"text":"t"}'],
    ["nothing where nothing is", ["x", "y", "z"], undefined, '{"a":{"b":1},"list":[1,{"c":2}],"text":"t"}'],
    ["nothing for a list", ["x", "list"], undefined, '{"a":{"b":1},"text":"t"}'],
  ])("sets %s, also on the machines to come", (_case, path, value, expected) => {
    instance.patchData(path, value as never);
    expect(text()).toBe(expected);
    breakMachine();
    expect(text()).toBe(expected);
  });

  it.each<[string, string[], unknown]>([
    ["through a list", ["x", "list", "0"], 1],
    ["through a text", ["x", "text", "y", "z"], 1],
    ["away from a list", ["x", "list", "0"], undefined],
    ["away from a text", ["x", "text", "y"], undefined],
    ["deep in a text", ["x", "text", "y", "z"], undefined],
    ["with what JSON cannot carry", ["x", "a"], Number.NaN],
    ["with no JSON", ["x", "a"], Buffer.from("{")],
    ["too deep", Array<string>(128).fill("x"), { a: 1 }],
    ["far too deep", Array<string>(5000).fill("x"), 1],
  ])("throws INPUT_INVALID and changes nothing: %s", (_case, path, value) => {
    const before = text();
    expect(() => {
      instance.patchData(path, value as never);
    }).toThrow(expect.objectContaining({ name: "FormatError", code: "INPUT_INVALID" }));
    expect(text()).toBe(before);
    breakMachine();
    expect(text()).toBe(before);
  });

  it.each([[[]], ["x"], [["x", 1]], [undefined]])("throws TypeError for the path %j", (path) => {
    expect(() => {
      instance.patchData(path as never, 1);
    }).toThrow(TypeError);
  });

  it("keeps to its memory over thousands of changes, and on a fresh machine too", async () => {
    instance = await loadRules(RULES, { data: { x: { log: "" } }, limits: { maxMemoryBytes: 4 * 1024 * 1024 } });
    for (let round = 0; round < 20_000; round++) {
      instance.patchData(["x", `key ${round % 7}`, "v"], `value ${round} ${"x".repeat(round % 500)}`);
      if (round % 3 === 0) instance.patchData(["x", `key ${round % 5}`], undefined);
    }
    const expected = text();
    breakMachine();
    expect(text()).toBe(expected);
  });

  it("goes on with a change that only fits once what was replaced is gone", async () => {
    instance = await loadRules(RULES, { data: { x: 0 }, limits: { maxMemoryBytes: 8 * 1024 * 1024 } });
    const rows = (round: number) => Array.from({ length: 20_000 }, (_item, index) => index + round);
    for (let round = 0; round < 20; round++) {
      instance.patchData(["x"], rows(round));
      expect(instance.decide(0, "t/at").value).toBe(round);
    }
  });

  const random = createRandom();
  it(`agrees with the same changes of an object (seed ${random.seed})`, () => {
    const model: Record<string, unknown> = {};
    instance.setData({ x: model });
    const keys = ["a", "b", "c d", "é", "😀", '"\\', ""];
    for (let round = 0; round < 2000; round++) {
      const path = Array.from({ length: 1 + random.int(4) }, () => random.pick(keys));
      const value = random.pick([1, "text", null, [1, 2], {}, { a: { b: {} } }, undefined, undefined]);
      const accepted = change(model, path, value);
      const patch = () => {
        instance.patchData(["x", ...path], value);
      };
      if (accepted) patch();
      else expect(patch).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
      if (round % 50 === 0) breakMachine();
      expect(instance.decide(null, "t/all").value).toEqual(model);
    }
  });
});

/** The same on a plain object; false where the path is blocked. */
function change(model: Record<string, unknown>, path: readonly string[], value: unknown): boolean {
  const last = path.at(-1) ?? "";
  let node: unknown = model;
  const missing: (() => void)[] = [];
  for (const key of path.slice(0, -1)) {
    if (!isObject(node)) return false;
    const parent = node;
    const next = Object.hasOwn(parent, key) ? parent[key] : {};
    if (!Object.hasOwn(parent, key)) {
      if (value === undefined) return true;
      missing.push(() => {
        parent[key] = next;
      });
    }
    node = next;
  }
  if (!isObject(node)) return false;
  for (const create of missing) create();
  if (value === undefined) Reflect.deleteProperty(node, last);
  else node[last] = structuredClone(value);
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
