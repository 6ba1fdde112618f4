import { describe, expect, it } from "@jest/globals";
import { parseEvaluation, parseExecution } from "../../src/parity/opa-answers.ts";

const output = (document: unknown): { exitCode: number; stdout: string; stderr: string } => {
  return { exitCode: 0, stdout: typeof document === "string" ? document : JSON.stringify(document), stderr: "" };
};
const evaluated = (value: unknown): object => ({ result: [{ expressions: [{ value }] }] });

describe("parseEvaluation", () => {
  it("when rules have values, and none, tells the two apart", () => {
    expect(parseEvaluation(output(evaluated([[[1], [], [null]], [[{ b: 1, a: [] }]]])), [3, 1])).toEqual([
      [{ kind: "value", text: "1" }, { kind: "undefined" }, { kind: "value", text: "null" }],
      [{ kind: "value", text: '{"a":[],"b":1}' }],
    ]);
  });

  it("when numbers are beyond doubles keeps their digits", () => {
    const text = '{"result": [{"expressions": [{"value": [[[9007199254740993]]]}]}]}';
    expect(parseEvaluation(output(text), [1])).toEqual([[{ kind: "value", text: "9007199254740993" }]]);
  });

  it("when http.send tells of a failure leaves out the place of the call", () => {
    const message = "opa/a b/x.rego:12: eval_builtin_error: http.send: disallowed host: example.test";
    const [[answer] = []] = parseEvaluation(output(evaluated([[[{ message: message.replace(" b", "") }]]])), [1]) ?? [];
    expect(answer).toMatchObject({
      text: '{"message":"eval_builtin_error: http.send: disallowed host: example.test"}',
    });
  });

  it("when the policy stopped returns undefined", () => {
    expect(parseEvaluation(output({ errors: [{ code: "eval_conflict_error", message: "x" }] }), [1])).toBeUndefined();
  });

  it.each<[unknown]>([
    [{ errors: [{ code: "rego_parse_error", message: "x" }] }],
    ["no JSON"],
    [{}],
    [evaluated("no list")],
    [evaluated([[[1]], [[1]]])],
    [evaluated([[[1], [2]]])],
  ])("when OPA printed %j throws TOOL_FAILED", (document) => {
    expect(() => parseEvaluation(output(document), [1])).toThrow(expect.objectContaining({ code: "TOOL_FAILED" }));
  });
});

describe("parseExecution", () => {
  it("when inputs come in any order returns value, none or the error of each in theirs", () => {
    const result = [
      { path: "../inputs/2.json", error: { code: "eval_conflict_error", message: "two values" } },
      { path: "../inputs/0.json", decision_id: "x", result: { b: 1, a: 2 } },
      { path: "../inputs/1.json", error: { code: "opa_undefined_error", message: "x" } },
    ];
    expect(parseExecution(output({ result }), 3)).toEqual([
      { kind: "value", text: '{"a":2,"b":1}' },
      { kind: "undefined" },
      { kind: "error", message: "eval_conflict_error: two values" },
    ]);
  });

  it.each<[unknown]>([
    [{ result: [] }],
    [{ result: [{ path: "1.json", result: 1 }] }],
    [{ result: [{ path: "0.json", error: { code: "bundle_error" } }] }],
    ["no JSON"],
  ])("when OPA printed %j throws TOOL_FAILED", (document) => {
    expect(() => parseExecution(output(document), 1)).toThrow(expect.objectContaining({ code: "TOOL_FAILED" }));
  });
});
