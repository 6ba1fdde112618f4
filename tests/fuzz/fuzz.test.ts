import { describe, expect, it } from "@jest/globals";
import { runInputs } from "./run.ts";
import { checkTargets, TARGETS } from "./targets.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? 1);
const inputs = Number(process.env["FUZZ_TEST_INPUTS"] ?? 20_000);

describe("fuzzing", () => {
  it("starts from honest documents that are accepted", () => {
    expect(() => {
      checkTargets();
    }).not.toThrow();
    expect(TARGETS.length).toBeGreaterThan(10);
  });

  it(`finds no crash, no slow input and no new meaning in ${inputs} inputs (seed ${seed})`, () => {
    const tally = runInputs({ seed, from: 0, step: 1, to: inputs });
    expect(tally.findings.map(({ target, input, problem }) => `${target} ${input}: ${problem}`)).toEqual([]);
    expect(tally.inputs).toBe(inputs);
    // Hollow inputs would find nothing either: many parts of a verifier must have said no, and some inputs must pass.
    expect(Object.keys(tally.codes).length).toBeGreaterThan(8);
    expect(tally.accepted).toBeGreaterThan(0);
  });
});
