import { compilePolicy, createInstance } from "@policy-pack/evaluate";
import { readPackUnsafe } from "@policy-pack/pack";
import type { Suite } from "./context.ts";
import { constant, interleave, milliseconds } from "./measure.ts";
import { INPUT } from "./question.ts";

const ALLOWED_MS = 3;

/** From a module that is compiled already to the first answer, in a service that runs. */
export const start: Suite = {
  name: "start",
  run: async ({ fixture, rounds }) => {
    const contents = readPackUnsafe(fixture.pack);
    const module = await compilePolicy(contents.wasm);
    const firstAnswer = (withModule: boolean) =>
      milliseconds(async () => {
        const instance = await createInstance(withModule ? { ...contents, module } : contents);
        if (instance.decide(INPUT, "cos/abac/allow").value !== true) throw new Error("the pack does not allow");
      });
    const [ours, compiling] = await interleave(
      [
        { name: "`createInstance` with a compiled module, then the first decision", run: () => firstAnswer(true) },
        { name: "the same with the module's bytes", run: () => firstAnswer(false) },
      ],
      rounds,
    );
    if (ours === undefined || compiling === undefined) throw new Error("nothing was measured");
    const title = "From a compiled module to the first decision";
    return [{ title, unit: "ms", goal: 1, spreads: [ours, constant("allowed", ALLOWED_MS), compiling] }];
  },
};
