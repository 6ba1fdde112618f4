import fc from "fast-check";
import { ratio } from "./inputs.ts";
import { MANY, SOME } from "./law.ts";
import type { Law } from "./law.ts";
import { ask, withConfig } from "./policy.ts";

const FILE = "opa/cos/approval/approval.rego";
const ENTRYPOINT = "cos/approval/require_human";

const twoRatios = fc
  .tuple(ratio, ratio)
  .map(([one, other]) => ({ low: Math.min(one, other), high: Math.max(one, other) }));
/** Left out, or a boolean. */
const verified = fc.constantFrom<object>({}, { verified: false }, { verified: true });

const output = (confidenceScore: number, rest: object) => ({ agentOutput: { confidenceScore, ...rest } });

export const APPROVAL_LAWS: readonly Law[] = [
  {
    name: "more confidence never needs a human where less did not",
    runs: MANY,
    property: ({ instance }) =>
      fc.property(twoRatios, verified, ({ low, high }, rest) => {
        const before = ask(instance, ENTRYPOINT, output(low, rest));
        return before === true || ask(instance, ENTRYPOINT, output(high, rest)) === false;
      }),
    mutants: [
      {
        what: "mistrusts certainty",
        path: FILE,
        from: "confidence >= threshold\n",
        to: "confidence >= threshold\n\tconfidence < 1\n",
      },
      {
        what: "takes the threshold alone",
        path: FILE,
        from: "confidence >= threshold\n",
        to: "confidence == threshold\n",
      },
    ],
  },
  {
    name: "verification never adds a need for a human",
    runs: MANY,
    property: ({ instance }) =>
      fc.property(ratio, fc.constantFrom({}, { verified: false }), (confidence, rest) => {
        const before = ask(instance, ENTRYPOINT, output(confidence, rest));
        return before === true || ask(instance, ENTRYPOINT, output(confidence, { verified: true })) === false;
      }),
    mutants: [
      {
        what: "frees nothing that is both sure and verified",
        path: FILE,
        from: "\tverified_usable\n}\n\nrequire_human := false if {\n\tconfidence\n",
        to: "\tnot verified\n}\n\nrequire_human := false if {\n\tconfidence < threshold\n",
      },
    ],
  },
  {
    name: "a higher threshold never frees what a lower one held",
    runs: SOME,
    property: (policy) =>
      fc.asyncProperty(twoRatios, ratio, verified, async ({ low, high }, confidence, rest) => {
        const [lower, higher] = await Promise.all(
          [low, high].map((at) => withConfig(policy, "approval", { confidence_threshold: at })),
        );
        if (lower === undefined || higher === undefined) return false;
        const input = output(confidence, rest);
        return ask(lower, ENTRYPOINT, input) === false || ask(higher, ENTRYPOINT, input) === true;
      }),
    mutants: [
      {
        what: "reads the threshold upside down",
        path: FILE,
        from: "confidence >= threshold\n",
        to: "confidence <= threshold\n",
      },
    ],
  },
];
