import { describe, expect, it } from "@jest/globals";

import { createInstance } from "../../src/index.ts";
import { compileRules, loadRules, opaEval } from "../support/policy.ts";
import { createRandom, joined } from "../support/random.ts";

const random = createRandom();
const PIECES = [" ", "\t", "a", "b", "-", "\u00e9", "e\u0301", "😀", "\u007f", "\u0080", "0", "abc"];

const RULES = [
  "@trimmed := trim(input.text, input.cutset)",
  '@named if trim(input.text, " \\t\\r\\n") != ""',
  '@twice := [trim(input.text, "-"), trim(trim(input.text, "-"), input.cutset), upper(trim(input.text, "-"))]',
].join("\n");

describe("trim", () => {
  it.each([
    ["acme", " "],
    [" acme", " "],
    ["acme ", " "],
    ["a", "a"],
    ["a", ""],
    ["", "a"],
    ["", ""],
    ["   ", " "],
    ["aba", "b"],
    ["a b", "ba"],
    ["é", "e"],
    ["aé", "é"],
    ["éa", "aé"],
    ["\u007f", "\u0080"],
    ["\u0080a", "a"],
    ["😀a😀", "😀"],
    ["x", "é"],
    [7, " "],
    ["x", 7],
    [null, null],
  ])("of %j by %j is what opa eval says", async (text, cutset) => {
    const instance = await loadRules(RULES);
    const input = { text, cutset };
    for (const rule of ["trimmed", "named", "twice"]) {
      const [outcome] = instance.decideMany([{ input, entrypoint: `t/${rule}` }]);
      const error = outcome?.error as { readonly code?: string } | undefined;
      const expected = await opaEval(RULES, rule, input);
      expect(error === undefined ? outcome?.decision?.value : error.code).toEqual(expected ?? "DECISION_UNDEFINED");
    }
  });

  it(`answers as the module's own, whatever the texts are (seed ${random.seed})`, async () => {
    const contents = await compileRules(RULES);
    const instances = [
      await createInstance(contents),
      await createInstance({ ...contents, wasm: hidden(contents.wasm) }),
    ];
    for (let count = 0; count < 2000; count++) {
      const input = { text: joined(random, 5, PIECES), cutset: joined(random, 5, PIECES) };
      const [ours, theirs] = instances.map((instance) =>
        ["t/trimmed", "t/twice"].map((entrypoint) => instance.decide(input, entrypoint).value),
      );
      expect({ input, answers: ours }).toEqual({ input, answers: theirs });
    }
  });
});

/** The module with another name for the function, by which the host does not know it. */
function hidden(wasm: Uint8Array): Uint8Array {
  const name = Buffer.from("opa_strings_trim");
  const at = Buffer.from(wasm).lastIndexOf(Buffer.from([name.length, ...name]));
  expect(at).toBeGreaterThan(0);
  const copy = Buffer.from(wasm);
  copy.write("opa_strings_trem", at + 1, "latin1");
  return copy;
}
