import { describe, expect, it } from "@jest/globals";

import { createInstance } from "../../src/index.ts";
import { substitute } from "../../src/substitution/substitute.ts";
import { SUBSTITUTES } from "../../src/substitution/substitutes.ts";
import { compileRules, loadRules, NOW, opaEval } from "../support/policy.ts";

const RULES = [
  "@mapped := net.cidr_contains(input.network, input.address)",
  "@unmarshalled := json.unmarshal(input.text)",
  "@marshalled := json.marshal(input.value)",
  "@decoded := base64.decode(input.text)",
  "@replaced := replace(input.text, input.search, input.by)",
  "@found := indexof(input.text, input.search)",
  "@number := to_number(input.text)",
  "@filtered := json.filter(input.value, input.paths)",
  "@matches := regex.find_all_string_submatch_n(input.pattern, input.text, -1)",
  "@named := regex.match(input.pattern, input.text)",
  "@product := input.left * input.right",
  "@exact := input.left * input.right == input.expected",
  "@difference := input.left - input.right",
  "@total := sum(input.items)",
  "@formatted := format_int(input.left, 16)",
  "@merged := object.union_n(input.items)",
].join("\n");

describe("what the host answers in the module's place", () => {
  it.each([
    ["mapped", { network: "10.0.0.0/8", address: "::ffff:10.1.1.1" }],
    ["mapped", { network: "0.0.0.0/0", address: "10.0.0.0/33x" }],
    ["unmarshalled", { text: "[1] x" }],
    ["unmarshalled", { text: '{"a": 1.50, "b": -0.5e3}' }],
    ["unmarshalled", { text: "1." }],
    ["marshalled", { value: { b: 1, a: "<&>" } }],
    ["decoded", { text: "YQ" }],
    ["decoded", { text: "" }],
    ["replaced", { text: "abc", search: "", by: "-" }],
    ["replaced", { text: "a😀b", search: "😀", by: "" }],
    ["replaced", { text: "abc", search: "x", by: 0 }],
    ["found", { text: "abc", search: "" }],
    ["found", { text: "a😀b", search: "b" }],
    ["number", { text: "1e400" }],
    ["number", { text: "1_0x" }],
    ["filtered", { value: {}, paths: ["/-", "/c", ""] }],
    ["filtered", { value: { a: [{ b: 1 }, { b: 2 }], c: 3 }, paths: ["a/1/b", "c"] }],
    ["matches", { pattern: "(?P<n>a)|b", text: "ab" }],
    ["named", { pattern: "^(?<n>a)$", text: "a" }],
    ["product", { left: 9, right: 0.1 }],
    ["product", { left: 9007199254740991, right: 4294967296 }],
    ["exact", { left: 9, right: 0.1, expected: 0.9 }],
    ["difference", { left: 4294967296, right: 5 }],
    ["difference", { left: 11.25, right: 1700000000000000000 }],
    ["total", { items: [0.1, 0.2, 0.3] }],
    ["total", { items: [4294967296, 4294967296, 1] }],
    ["formatted", { left: 9007199254740991 }],
    ["merged", { items: [] }],
    ["merged", { items: [{ a: { b: 1 } }, { a: 2 }, { a: { c: 3 } }] }],
  ])("%s of %j is what opa eval says", async (rule, input) => {
    const instance = await loadRules(RULES);
    const [outcome] = instance.decideMany([{ input, entrypoint: `t/${rule}` }]);
    const expected = await opaEval(RULES, rule, input);
    const error = outcome?.error as { readonly code?: string } | undefined;
    expect(error === undefined ? outcome?.decision?.value : error.code).toEqual(expected ?? "DECISION_UNDEFINED");
  });

  it("keeps 64 bits of a builtin's answer through the module's arithmetic", async () => {
    const rules =
      "@later := time.now_ns() + 1\n@is_later := time.now_ns() > 1.5e18\n@gone := (time.now_ns() - input) % 7";
    const instance = await loadRules(rules);
    expect(instance.decideText(null, "t/later")).toBe(String(NOW + 1n));
    expect(instance.decide(null, "t/is_later").value).toBe(true);
    expect(instance.decide(4_294_967_296, "t/gone").value).toBe(Number((NOW - 4_294_967_296n) % 7n));
  });
});

const ORDERED = [
  "@values := [x | some x in input.object]",
  "@keys := [k | some k, _ in input.object]",
  "members := {x | some x in input.list}",
  "@set := [x | some x in members]",
  "@pairs := [[x, y] | some x in members; some y in members; x != y]",
  '@mixed := [x | some x in {y | some y in [input.list, 3, null, "b", {"a": 1}, input.list[0]]}]',
  "@walked := [p | walk(input.object, p)]",
  "@documents := [x | some k; x := data.object[k]]",
  '@joined := concat(",", members)',
  '@said := $"{members} {input.object}"',
].join("\n");

describe("the order in which lists are made", () => {
  const list = ["z", "b", "y", "a", "é", "m", "😀", "", "aa"];
  const input = { list, object: Object.fromEntries(list.map((key, index) => [key, { [key]: index, a: [index] }])) };

  it.each(["values", "keys", "set", "pairs", "mixed", "walked", "joined", "said"])("of %s is OPA's", async (rule) => {
    const instance = await loadRules(ORDERED);
    const expected = await opaEval(ORDERED, rule, input);
    expect(instance.decide(input, `t/${rule}`).value).toEqual(expected);
    expect(instance.decide(input, `t/${rule}`).value).toEqual(expected);
  });

  it("follows the data as it changes", async () => {
    const instance = await loadRules(ORDERED, { data: { object: { b: 1, a: 2 } } });
    expect(instance.decide(null, "t/documents").value).toEqual([2, 1]);
    instance.patchData(["object", "aa"], 3);
    expect(instance.decide(null, "t/documents").value).toEqual([2, 3, 1]);
    instance.setData({ object: { z: 5, c: 4 } });
    expect(instance.decide(null, "t/documents").value).toEqual([4, 5]);
  });
});

describe("substitute", () => {
  it("changes nothing but the functions of the table that the policy uses", async () => {
    const { wasm } = await compileRules("@used := to_number(input.text)");
    const { bytes, substitutes } = substitute(wasm);
    expect([...substitutes.keys()]).toContain("to_number");
    expect(substitutes.has("replace")).toBe(false);
    expect(bytes.length).toBeLessThan(wasm.length + 500);
    expect(substitute(wasm, []).bytes).toBe(wasm);
  });

  it("leaves alone a function of another shape", async () => {
    const { wasm } = await compileRules("@used := to_number(input.text)");
    const wrong = SUBSTITUTES.filter(({ builtin }) => builtin === "to_number").map((entry) => ({
      ...entry,
      operands: 2 as const,
    }));
    const nothing = wrong.map((entry) => ({ ...entry, native: "no such function" }));
    expect(substitute(wasm, wrong)).toEqual(substitute(wasm, nothing));
    expect(substitute(wasm, wrong).substitutes.size).toBe(0);
  });

  it.each([
    ["no bytes", (wasm: Uint8Array) => wasm.subarray(0, 0)],
    ["half a module", (wasm: Uint8Array) => wasm.subarray(0, wasm.length >> 1)],
    ["text", () => Buffer.from("not a module, but longer than its header")],
    [
      "a section of 4 GiB items",
      () => Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    ],
  ])("leaves %s to the engine", async (_name, bend) => {
    const { wasm } = await compileRules("@used := to_number(input.text)");
    const bytes = bend(wasm);
    expect(substitute(bytes).bytes).toBe(bytes);
  });

  it("stays with the module's own answers where it tells no names, and never writes 64 bits for it to cut", async () => {
    const contents = await compileRules("@later := input.left + input.right");
    const instance = await createInstance({ ...contents, wasm: withoutNames(contents.wasm) });
    expect(instance.decide({ left: 4_294_967_296, right: 5 }, "t/later").value).toBe(4_294_967_301);
  });
});

/** The custom section called `name` comes last but one; its own name is made another. */
function withoutNames(wasm: Uint8Array): Uint8Array {
  const bytes = Buffer.from(wasm);
  const at = bytes.lastIndexOf(Buffer.from("\u0004name"));
  bytes.write("\u0004nama", at, "latin1");
  return bytes;
}
