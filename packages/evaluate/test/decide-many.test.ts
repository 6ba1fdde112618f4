import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import type { PolicyInstance } from "../src/index.ts";
import { loadRules } from "./support/policy.ts";

const RULES = `
@echo := input

@name := input.name

@missing := input.nothing

@limit := data.limit

@stop := [x | some i in numbers.range(1, 3); x := wrong(i)]

wrong(x) := 1 if x > 0

wrong(x) := 2 if x > 1
`;

let instance: PolicyInstance;
beforeAll(async () => {
  instance = await loadRules(RULES, { data: { limit: 1 } });
});

let reads: number;
let input: { readonly name: string };
beforeEach(() => {
  reads = 0;
  input = {
    get name() {
      reads++;
      return "n";
    },
  };
});

const valuesOf = (entrypoints: Iterable<string>, about: unknown = input): unknown[] =>
  instance
    .decideMany(Array.from(entrypoints, (entrypoint) => ({ input: about, entrypoint })))
    .map(({ decision, error }) => decision?.value ?? error?.name);

describe("PolicyInstance.decideMany about one input", () => {
  it("reads it once", () => {
    expect(valuesOf(["t/echo", "t/name", "t/echo"])).toEqual([{ name: "n" }, "n", { name: "n" }]);
    expect(reads).toBe(1);
  });

  it("reads bytes once", () => {
    expect(valuesOf(["t/echo", "t/name"], Buffer.from('{"name": "b"}'))).toEqual([{ name: "b" }, "b"]);
  });

  it("reads it again after another input", () => {
    const questions = [input, { name: "other" }, input].map((about) => ({ input: about, entrypoint: "t/name" }));
    expect(instance.decideMany(questions).map(({ decision }) => decision?.value)).toEqual(["n", "other", "n"]);
    expect(reads).toBe(2);
  });

  it("reads it again for each decision of its own", () => {
    instance.decide(input, "t/name");
    instance.decide(input, "t/name");
    expect(reads).toBe(2);
  });

  it("goes on after a question that has no answer", () => {
    expect(valuesOf(["t/name", "t/missing", "t/nowhere", "t/name"])).toEqual([
      "n",
      "EvaluationError",
      "EvaluationError",
      "n",
    ]);
  });

  it("goes on after a question that stopped the module", () => {
    expect(valuesOf(["t/name", "t/stop", "t/name", "t/echo"])).toEqual(["n", "EvaluationError", "n", { name: "n" }]);
  });

  it("sees data that changed, and other inputs asked, between two questions", () => {
    function* questions() {
      yield { input, entrypoint: "t/limit" };
      instance.setData({ limit: "x".repeat(100_000) });
      yield { input, entrypoint: "t/echo" };
      instance.patchData(["limit"], 2);
      yield { input, entrypoint: "t/limit" };
      expect(instance.decide({ name: "between" }, "t/name").value).toBe("between");
      yield { input, entrypoint: "t/name" };
    }
    const values = instance.decideMany(questions()).map(({ decision }) => decision?.value);
    expect(values).toEqual([1, { name: "n" }, 2, "n"]);
    instance.setData({ limit: 1 });
  });
});
