import { describe, expect, it } from "@jest/globals";
import { compilePack } from "@policy-pack/testkit";
import { checkBaseline } from "../../src/baseline/check-baseline.ts";
import { simulateBaseline, simulatePack } from "../../src/baseline/simulate-pack.ts";
import { toBaseline } from "../../src/baseline/to-baseline.ts";
import { drawInputs } from "../../src/generator/generate.ts";
import { toInputModel } from "../../src/generator/pack-model.ts";
import { DEFAULT_OUTCOME_RULES } from "../../src/outcomes/outcome.ts";
import { limitFiles } from "../support/packs.ts";

const outcomes = DEFAULT_OUTCOME_RULES;
const ENTRYPOINT = "app/rules/allow";

describe("simulatePack", () => {
  it("holds recorded cases to what they expect and keeps them out of the pass rates", async () => {
    const pack = (await compilePack(limitFiles(100))).contents;
    const drawn = { seed: 42, iterations: 400, model: toInputModel(pack) };
    const baseline = toBaseline(await simulatePack(pack, drawInputs(drawn.model, drawn), { outcomes }), drawn);
    const asked = { package: "app/rules", entrypoint: ENTRYPOINT, origin: "case" as const };
    const cases = [
      { ...asked, id: "right", input: { amount: 1 }, expected: true },
      { ...asked, id: "wrong", input: { amount: 1 }, expected: false },
      { ...asked, id: "gone", input: {}, entrypoint: "app/rules/other", expected: true },
    ];
    const run = await simulateBaseline(pack, baseline, { outcomes, cases });
    expect(run.failedCases.map(({ id, actual }) => [id, actual.error])).toEqual([
      ["wrong", undefined],
      ["gone", "ENTRYPOINT_UNKNOWN"],
    ]);
    expect(run.inputs).toEqual({ case: 3, log: 0, random: 400 });
    expect(run.undecided).toEqual({ count: 1, targets: ["app/rules/other"] });
    expect(checkBaseline(baseline, run).ok).toBe(true);
  });
});
