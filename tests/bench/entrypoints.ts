import { readPackUnsafe } from "@policy-pack/pack";
import type { Context, Suite } from "./context.ts";
import { checkSame, createDeciders } from "./deciders.ts";
import type { Deciders } from "./deciders.ts";
import { interleave, perSecond } from "./measure.ts";
import { INPUTS } from "./question.ts";
import type { Comparison } from "./report.ts";

/** Every entrypoint of the pack: none may be slower than with the SDK. */
export const entrypoints: Suite = {
  name: "entrypoints",
  run: async (context) => {
    const deciders = await createDeciders(readPackUnsafe(context.fixture.pack));
    const comparisons: Comparison[] = [];
    for (const entrypoint of deciders.instance.entrypoints)
      comparisons.push(await compare(context, deciders, entrypoint));
    return comparisons;
  },
};

async function compare(
  { turnMs, rounds }: Context,
  { instance, sdk }: Deciders,
  entrypoint: string,
): Promise<Comparison> {
  const input = INPUTS[entrypoint.slice(0, entrypoint.lastIndexOf("/"))];
  checkSame(entrypoint, instance.decide(input, entrypoint).value, sdk(input, entrypoint));
  const turn = turnMs / 4;
  const contenders = [
    { name: "`instance.decide`", run: () => perSecond(() => instance.decide(input, entrypoint), turn) },
    { name: "`@open-policy-agent/opa-wasm`", run: () => perSecond(() => sdk(input, entrypoint), turn) },
  ];
  return { title: `Decisions of ${entrypoint}`, unit: "/s", goal: 1, spreads: await interleave(contenders, rounds) };
}
