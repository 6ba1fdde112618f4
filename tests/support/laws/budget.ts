import fc from "fast-check";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { breakGlass, cap, spent, tokens, workspace } from "./inputs.ts";
import { MANY, SOME } from "./law.ts";
import type { Law } from "./law.ts";
import { ask, shippedConfig, withConfig } from "./policy.ts";

const FILE = "opa/cos/budget/budget.rego";
const DECISION = "cos/budget/decision";
/** From the least to the most that is let through. */
const RANKS: readonly unknown[] = ["halt", "warn", "allow"];

const request = fc.record(
  { workspace, usage: fc.record({ tokens, costUsd: spent }), breakGlass },
  { requiredKeys: ["workspace", "usage"] },
);

/** Two values of one cap, the lower one first. */
const rising = fc.tuple(cap, cap).map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
/** Each meter's cap in the input: raised, raised to no cap of the input's own, or not there at all. */
const raised = fc.record({ tokens: rising, costUsd: rising }, { requiredKeys: [] });
const dropped = fc.record({ tokens: fc.boolean(), costUsd: fc.boolean() });

type Rise = readonly [number, number];
interface Rises {
  tokens?: Rise;
  costUsd?: Rise;
}

function side(rises: Rises, at: 0 | 1): Record<string, number> {
  return Object.fromEntries(Object.entries(rises).map(([meter, caps]: [string, Rise]) => [meter, caps[at]]));
}

/** Every cap of the data, raised by the same factor; the warning share stays. */
function raisedData(config: JsonObject, factor: number): JsonObject {
  const raise = (value: unknown): unknown => {
    if (typeof value === "number") return Math.min(value * factor, 10 ** 12);
    return Object.fromEntries(Object.entries(value as JsonObject).map(([key, inner]) => [key, raise(inner)]));
  };
  const { default_caps: defaults, workspace_caps: own } = config;
  if (!isJsonObject(defaults) || !isJsonObject(own)) throw new Error("the budget's data has no caps");
  return { ...config, default_caps: raise(defaults) as JsonObject, workspace_caps: raise(own) as JsonObject };
}

export const BUDGET_LAWS: readonly Law[] = [
  {
    name: "a higher cap in the input never denies what a lower one allowed, break-glass included",
    runs: 2 * MANY,
    property: ({ instance }) =>
      fc.property(request, raised, dropped, (about, rises, gone) => {
        const higher = Object.fromEntries(
          Object.entries(side(rises, 1)).filter(([meter]) => !gone[meter as keyof typeof gone]),
        );
        const before = ask(instance, DECISION, { ...about, caps: side(rises, 0) });
        return RANKS.indexOf(ask(instance, DECISION, { ...about, caps: higher })) >= RANKS.indexOf(before);
      }),
    mutants: [
      {
        what: "refuses caps above those of the data",
        path: FILE,
        from: "\t\tmeters[meter]\n\t\tis_amount(limit)\n",
        to: "\t\tmeters[meter]\n\t\tlimit <= configured[meter]\n",
      },
      {
        what: "lets break-glass only open what is reached",
        path: FILE,
        from: "\tcount(reached) == 0\n\tcount(near) > 0\n",
        to: '\tcount(reached) == 0\n\tcount(near) > 0\n\tnot has_key(input, "breakGlass")\n',
      },
    ],
  },
  {
    name: "a higher cap in the data never denies what a lower one allowed, break-glass included",
    runs: SOME,
    property: (policy) => {
      const factor = fc.double({ min: 1, max: 1000, noNaN: true });
      const scale = fc.oneof(fc.constantFrom(0.000001, 0.5, 1), fc.double({ min: 0, max: 2, noNaN: true }));
      return fc.asyncProperty(request, scale, factor, async (about, from, by) => {
        const low = raisedData(shippedConfig(policy, "budget"), from);
        const lower = await withConfig(policy, "budget", low);
        const higher = await withConfig(policy, "budget", raisedData(low, by));
        return RANKS.indexOf(ask(higher, DECISION, about)) >= RANKS.indexOf(ask(lower, DECISION, about));
      });
    },
    mutants: [
      {
        what: "takes a large cap for a mistake",
        path: FILE,
        from: "max_amount := 1000000000000",
        to: "max_amount := 20000000",
      },
      {
        what: "wants no break-glass below a cap",
        path: FILE,
        from: "\tcount(reached) == 0\n\tcount(near) == 0\n",
        to: '\tcount(reached) == 0\n\tcount(near) == 0\n\tnot has_key(input, "breakGlass")\n',
      },
    ],
  },
  {
    name: "more usage never lets through what less did not",
    runs: MANY,
    property: ({ instance }) =>
      fc.property(request, tokens, spent, (about, more, dearer) => {
        const usage = {
          tokens: Math.max(about.usage.tokens, more),
          costUsd: Math.max(about.usage.costUsd, dearer),
        };
        const before = RANKS.indexOf(ask(instance, DECISION, about));
        return RANKS.indexOf(ask(instance, DECISION, { ...about, usage })) <= before;
      }),
    mutants: [
      {
        what: "looks at each cap from below only",
        path: FILE,
        from: "\tamount >= cap[meter]\n",
        to: "\tamount == cap[meter]\n",
      },
      { what: "warns about one meter at a time", path: FILE, from: "\tcount(near) > 0\n", to: "\tcount(near) == 1\n" },
    ],
  },
  {
    name: "break-glass never makes a plain allow, and nobody approves for themselves",
    runs: MANY,
    property: ({ instance }) =>
      fc.property(request, fc.boolean(), ({ breakGlass: asked, ...about }, alone) => {
        const names = asked ?? { requester: "alice", approver: "bob" };
        const own = { requester: names.requester, approver: ` ${names.requester.toUpperCase()}` };
        const without = ask(instance, DECISION, about);
        const broken = ask(instance, DECISION, { ...about, breakGlass: alone ? own : names });
        return alone ? broken === without : (broken === "allow") === (without === "allow");
      }),
    mutants: [
      {
        what: "takes spaces and case for another person",
        path: FILE,
        from: "break_glass_approved if requester != approver",
        to: "break_glass_approved if input.breakGlass.requester != input.breakGlass.approver",
      },
      {
        what: "allows plainly once approved",
        path: FILE,
        from: "\tcount(reached) > 0\n\tbreak_glass_approved\n}\n\n# METADATA",
        to: '\tfalse\n}\n\ndecision := "allow" if {\n\tanswerable\n\tcount(reached) > 0\n\tbreak_glass_approved\n}\n\n# METADATA',
      },
    ],
  },
];
