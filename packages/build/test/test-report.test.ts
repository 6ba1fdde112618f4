import { describe, expect, it } from "@jest/globals";
import { parseTestReport } from "../src/test-report.ts";

const item = (name: string, more: object = {}): object => ({ package: "data.a_test", name, duration: 1, ...more });
const parse = (...items: unknown[]) => parseTestReport(JSON.stringify(items));

describe("parseTestReport", () => {
  it("when tests passed, failed, erred or were left out returns each by its name, sorted", () => {
    const report = parse(
      item("test_b"),
      item("test_a"),
      item("test_bad", { fail: true }),
      item("test_erred", { error: { code: "eval_builtin_error" } }),
      item("todo_test_later", { skip: true }),
    );
    expect(report).toEqual({
      passedTests: ["data.a_test.test_a", "data.a_test.test_b"],
      skippedTests: ["data.a_test.todo_test_later"],
      failedTests: ["data.a_test.test_bad", "data.a_test.test_erred"],
    });
  });

  it("when a test has cases returns the cases", () => {
    const cases = { one: { name: "one" }, two: { name: "two", fail: true } };
    expect(parse(item("test_x", { fail: true, sub_results: cases }))).toEqual({
      passedTests: ["data.a_test.test_x/one"],
      skippedTests: [],
      failedTests: ["data.a_test.test_x/two"],
    });
  });

  it("when a test failed and none of its cases did returns it as failed", () => {
    const { failedTests } = parse(item("test_x", { fail: true, sub_results: { one: { name: "one" } } }));
    expect(failedTests).toEqual(["data.a_test.test_x"]);
  });

  it("when a name is there twice and failed once returns it as failed", () => {
    for (const items of [
      [item("test_x"), item("test_x", { fail: true })],
      [item("test_x", { fail: true }), item("test_x")],
    ]) {
      expect(parse(...items)).toMatchObject({ passedTests: [], failedTests: ["data.a_test.test_x"] });
    }
  });

  it.each(["", " \n", "null", "[]"])("when OPA prints %j returns no test", (text) => {
    expect(parseTestReport(text)).toEqual({ passedTests: [], skippedTests: [], failedTests: [] });
  });

  it.each(["{}", "[1]", '[{"name": "x"}]', '[{"package": "data.a", "name": 1}]', "[", '"x"'])(
    "when OPA prints %j throws TOOL_FAILED",
    (text) => {
      expect(() => parseTestReport(text)).toThrow(expect.objectContaining({ code: "TOOL_FAILED" }));
    },
  );
});
