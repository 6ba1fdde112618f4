import { describe, expect, it } from "@jest/globals";

import { jsonText } from "../../src/index.ts";
import { compileModule } from "../../src/module/module.ts";
import { wasmEngine } from "../../src/module/engine.ts";
import { endsTextsAtNul } from "../../src/module/natives.ts";
import { compileRules, loadRules, opaEval } from "../support/policy.ts";
import { wasmOf } from "../support/wasm.ts";

const text = (value: string) => [value.length, ...Buffer.from(value)];
const names = (...functions: readonly string[]) => [
  functions.length,
  ...functions.flatMap((name, id) => [id, ...text(name)]),
];
const subsection = (id: number, body: readonly number[]) => [id, body.length, ...body];
const named = (...body: readonly number[]) => wasmOf({ sections: [[0, [...text("name"), ...body]]] });

describe("endsTextsAtNul", () => {
  it.each([
    [`net.cidr_contains("10.0.0.0/8", input.x)`, false],
    [`net.cidr_intersects("10.0.0.0/8", input.x)`, false],
    [`glob.match("a*", [], input.x)`, true],
    [`regex.match("a*", input.x)`, true],
    [`regex.is_valid(input.x)`, false],
    [`count(regex.find_all_string_submatch_n("a", input.x, -1)) > 0`, false],
    [`regex.replace(input.x, "a", "b") == "b"`, false],
    [`startswith(lower(input.x), sprintf("%s", [time.now_ns()]))`, false],
  ])("reads from a module that OPA made with %s: %p", async (body, expected) => {
    const { wasm } = await compileRules(`@yes if ${body}`);
    expect((await compileModule(wasm)).endsTextsAtNul).toBe(expected);
  });

  it.each([
    [
      "the names of nothing suspicious",
      named(...subsection(0, text("m")), ...subsection(1, names("opa_eval", "f"))),
      false,
    ],
    ["a suspicious one", named(...subsection(1, names("opa_eval", "opa_regex_match"))), true],
    ["no name section", wasmOf({}), true],
    ["names without opa_eval", named(...subsection(1, names("f"))), true],
    ["no names of functions", named(...subsection(0, text("m"))), true],
    ["a section that ends early", named(1, 100, 5, 0), true],
    ["a count of names beyond the end", named(1, 12, ...[0xff, 0xff, 0xff, 0xff, 0x0f], 0, ...text("opa_eval")), true],
    [
      "two sections",
      wasmOf({
        sections: [
          [0, [...text("name"), ...subsection(1, names("opa_eval"))]],
          [0, text("name")],
        ],
      }),
      true,
    ],
  ])("reads %s", async (_case, wasm, expected) => {
    expect(endsTextsAtNul(await wasmEngine.compile(wasm), new Map())).toBe(expected);
  });
});

describe("decide, on a text with U+0000", () => {
  it("throws INPUT_INVALID where the module would see another text than OPA", async () => {
    const policy = await loadRules("@inside if regex.match(input.pattern, `ac`)");
    expect(policy.decide({ pattern: "^ac$" }, "t/inside").value).toBe(true);
    const pattern = "^ac\0$";
    for (const input of [
      { pattern },
      { [pattern]: 1 },
      jsonText(JSON.stringify({ pattern })),
      { pattern: pattern.padEnd(1000) },
    ]) {
      expect(() => policy.decide(input, "t/inside")).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    }
    expect(() => {
      policy.patchData(["limits", pattern], 1);
    }).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it("keeps it where nothing in the module ends a text there", async () => {
    const rules = `@echo := input\n@said := sprintf("%s|%d", [input, count(input)])\n@known := data.names[input]`;
    const policy = await loadRules(rules);
    policy.setData({ names: { "a\0b": "c\0" } });
    for (const text of ["\0", "a\0b", "é\0😀", `${"x".repeat(300)}\0`]) {
      expect(policy.decide(text, "t/echo").value).toBe(text);
      expect(policy.decide(jsonText(JSON.stringify(text)), "t/echo").value).toBe(text);
      expect(policy.decide(text, "t/said").value).toBe(`${text}|${Array.from(text).length}`);
    }
    expect(policy.decide("a\0b", "t/known").value).toBe("c\0");
    expect(await opaEval(rules, "said", "a\0b")).toBe("a\0b|3");
  });
});
