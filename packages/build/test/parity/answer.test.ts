import { describe, expect, it } from "@jest/globals";
import { answerText, isSameAnswer } from "../../src/parity/answer.ts";
import type { Answer } from "../../src/parity/answer.ts";

const ONE: Answer = { kind: "value", text: "1" };
const NONE: Answer = { kind: "undefined" };
const STOPPED: Answer = { kind: "error", message: "two values" };
const BROKEN: Answer = { kind: "failure", message: "out of memory" };
const SLOW: Answer = { kind: "timeout", ms: 5 };

describe("isSameAnswer", () => {
  it.each<[Answer, Answer, boolean]>([
    [ONE, { kind: "value", text: "1.0" }, true],
    [ONE, { kind: "value", text: "2" }, false],
    [ONE, NONE, false],
    [ONE, STOPPED, false],
    [NONE, NONE, true],
    [NONE, STOPPED, false],
    [{ kind: "value", text: "null" }, NONE, false],
    [{ kind: "value", text: "false" }, NONE, false],
    [STOPPED, { kind: "error", message: "said otherwise" }, true],
    [SLOW, SLOW, false],
    [NONE, SLOW, false],
    [BROKEN, BROKEN, false],
    [STOPPED, BROKEN, false],
  ])("when given %j and %j returns %j", (left, right, isSame) => {
    expect(isSameAnswer(left, right)).toBe(isSame);
    expect(isSameAnswer(right, left)).toBe(isSame);
  });
});

describe("answerText", () => {
  it("when given any answer returns one line that tells it from the others", () => {
    expect([ONE, NONE, STOPPED, BROKEN, SLOW].map(answerText)).toEqual([
      "1",
      "undefined",
      "error: two values",
      "error: out of memory",
      "no answer within 5 ms",
    ]);
    expect(answerText({ kind: "value", text: "x".repeat(10_000) }).length).toBeLessThan(2_100);
  });
});
