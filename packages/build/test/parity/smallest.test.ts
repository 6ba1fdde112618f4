import { describe, expect, it } from "@jest/globals";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../../src/limits.ts";
import type { Answer } from "../../src/parity/answer.ts";
import { shortestOf } from "../../src/parity/differences.ts";
import type { InputDifference } from "../../src/parity/differences.ts";
import { findSmallest } from "../../src/parity/smallest.ts";
import type { BothAnswers } from "../../src/parity/smallest.ts";

const ONE: Answer = { kind: "value", text: "1" };
const OTHER: Answer = { kind: "value", text: "2" };
const SLOW: Answer = { kind: "timeout", ms: 1 };
const difference = (input: JsonValue): InputDifference => {
  return { entrypoint: "a/b", given: { id: "case:x", input }, opa: ONE, module: OTHER };
};

/** A module that answers otherwise where the input passes. */
function differingWhere(
  passes: (input: JsonValue) => boolean,
  answer = OTHER,
  timeouts = 1,
): BothAnswers & { asked: number } {
  const both = {
    asked: 0,
    patience: { timeouts },
    askOpa: (inputs: readonly JsonValue[]) => Promise.resolve(inputs.map(() => ONE)),
    askModule: (input: JsonValue) => {
      both.asked += 1;
      return Promise.resolve(passes(input) ? answer : ONE);
    },
  };
  return both;
}

const hasA = (input: JsonValue): boolean => isJsonObject(input) && input["a"] !== undefined && input["a"] !== "";

describe("findSmallest", () => {
  it("when parts of the input do not matter takes them away", async () => {
    const input = { b: [1, 2, { c: "text" }], a: "a long text", d: { e: null } };
    const smallest = await findSmallest(difference(input), differingWhere(hasA));
    expect(smallest).toMatchObject({
      entrypoint: "a/b",
      given: { id: "case:x", input: { a: "a" } },
      opa: ONE,
      module: OTHER,
    });
  });

  it("when nothing smaller differs returns the first", async () => {
    const first = difference({ a: "x", b: 1 });
    expect(
      await findSmallest(
        first,
        differingWhere(() => false),
      ),
    ).toEqual(first);
    expect(
      await findSmallest(
        difference(0),
        differingWhere(() => true),
      ),
    ).toEqual(difference(0));
  });

  it("when the module never answers asks no more often than its patience lasts", async () => {
    const both = differingWhere(() => true, SLOW, 2);
    const smallest = await findSmallest(difference({ a: "text", b: [1, 2, 3], c: {} }), both);
    expect([both.asked, both.patience.timeouts, smallest.module]).toEqual([2, 0, SLOW]);
  });

  it("when an input is huge asks about no more than a round may hold", async () => {
    const counts: number[] = [];
    const both = differingWhere(() => false);
    const input = Array.from({ length: 5_000 }, (_, index) => index);
    const askOpa = (inputs: readonly JsonValue[]): Promise<readonly Answer[]> => {
      counts.push(inputs.length);
      return both.askOpa(inputs);
    };
    await findSmallest(difference(input), { ...both, askOpa });
    expect(counts).toEqual([BUILD_LIMITS.maxShrinkCandidates]);
  });
});

describe("shortestOf", () => {
  it("when several differ returns the shortest input, and the first of those", () => {
    const inputs = [{ a: 1 }, 7, 8, "long"].map(difference);
    expect(shortestOf(inputs)).toBe(inputs[1]);
    expect(shortestOf([])).toBeUndefined();
  });
});
