import { describe, expect, it } from "@jest/globals";
import type { Answer } from "../../src/parity/answer.ts";
import { compareTest, parseTestRules } from "../../src/parity/test-outcomes.ts";
import type { TestOutcome, TestRule } from "../../src/parity/test-outcomes.ts";

const report = (items: readonly object[]): string =>
  JSON.stringify(items.map((item) => ({ package: "data.a_test", ...item })));
const rule = (...outcomes: TestOutcome[]): TestRule => ({
  name: "data.a_test.test_x",
  path: ["a_test", "test_x"],
  outcomes,
});
const value = (of: unknown): Answer => ({ kind: "value", text: JSON.stringify(of) });

describe("parseTestRules", () => {
  it("when tests share a name, have cases, or stand deeper returns each rule once with its path", () => {
    const rules = parseTestRules(
      report([
        { name: "test_x" },
        { name: "test_x#01", fail: true },
        { name: "test_cases", fail: true, sub_results: { one: { name: "one" }, two: { name: "two", fail: true } } },
        { name: 'outer["a-b"].test_y' },
        { name: 'outer["test_z#01"]' },
        { name: "todo_test_later", skip: true },
        { name: "test_stopped", error: { code: "eval_conflict_error" } },
      ]),
    );
    expect(rules.map(({ name, path, outcomes }) => [name, path.join("/"), outcomes])).toEqual([
      ["data.a_test.test_x", "a_test/test_x", [true, false]],
      [
        "data.a_test.test_cases",
        "a_test/test_cases",
        [
          new Map([
            ["one", true],
            ["two", false],
          ]),
        ],
      ],
      ['data.a_test.outer["a-b"].test_y', "a_test/outer/a-b/test_y", [true]],
      ['data.a_test.outer["test_z#01"]', "a_test/outer/test_z", [true]],
      ["data.a_test.test_stopped", "a_test/test_stopped", [false]],
    ]);
  });

  it.each(["", "null", "[]"])("when OPA printed %j returns none", (text) => {
    expect(parseTestRules(text)).toEqual([]);
  });

  it.each(["[{}]", "[1]", "{", '[{"package": "data.a"}]'])("when OPA printed %s throws TOOL_FAILED", (text) => {
    expect(() => parseTestRules(text)).toThrow(expect.objectContaining({ code: "TOOL_FAILED" }));
  });
});

describe("compareTest", () => {
  it.each<[string, TestRule, Answer, readonly string[]]>([
    ["both pass", rule(true), value(true), []],
    ["both fail", rule(false), value(false), []],
    ["OPA fails and the module has no value", rule(false), { kind: "undefined" }, []],
    ["OPA fails and the module stops", rule(false), { kind: "error", message: "x" }, []],
    ["one rule of the name passes", rule(false, true), value(true), []],
    ["OPA passes and the module has no value", rule(true), { kind: "undefined" }, ["data.a_test.test_x"]],
    ["OPA passes and the module says something else than true", rule(true), value("true"), ["data.a_test.test_x"]],
    ["OPA passes and the module does not end", rule(true), { kind: "timeout", ms: 1 }, ["data.a_test.test_x"]],
    ["OPA fails and the module passes", rule(false), value(true), ["data.a_test.test_x"]],
    ["a test of cases has none", rule(true), value({}), []],
  ])("when %s returns what differs", (_what, test, answer, names) => {
    expect(compareTest(test, answer).map(({ name }) => name)).toEqual(names);
  });

  it("when a test has cases compares them one by one, deeper ones too", () => {
    const outcome = new Map<string, TestOutcome>([
      ["one", true],
      ["two", false],
      [
        "deep",
        new Map([
          ["a", true],
          ["b", false],
        ]),
      ],
      ["gone", true],
    ]);
    const answer = value({ one: false, two: true, deep: { a: true, b: true }, more: true, constructor: false });
    expect(compareTest(rule(outcome), answer)).toEqual([
      { name: "data.a_test.test_x/one", opa: "passed", module: "failed" },
      { name: "data.a_test.test_x/two", opa: "failed", module: "passed" },
      { name: "data.a_test.test_x/deep/b", opa: "failed", module: "passed" },
      { name: "data.a_test.test_x/gone", opa: "passed", module: "failed" },
      { name: "data.a_test.test_x/more", opa: "failed", module: "passed" },
    ]);
    expect(compareTest(rule(outcome, outcome), value({ one: true, deep: { a: true }, gone: true }))).toEqual([]);
  });

  it("when the module stops tells why", () => {
    const [difference] = compareTest(rule(true), { kind: "error", message: "two values" });
    expect(difference).toMatchObject({ opa: "passed", module: "failed (two values)" });
  });
});
