import fc from "fast-check";
import type { JsonObject } from "@policy-pack/pack";
import { cost, extras, goodCost, goodSnapshot, milliseconds, ratio, snapshot, split, usd } from "./inputs.ts";
import { MANY, SOME } from "./law.ts";
import type { Law } from "./law.ts";
import { ask, codesOf, shippedConfig, withConfig } from "./policy.ts";
import type { Policy } from "./policy.ts";

const FILE = "opa/cos/promotion/promotion.rego";
const OK = "cos/promotion/ok";

interface Evidence {
  readonly snapshot: Record<string, unknown>;
  readonly cost: Record<string, unknown>;
}

/** What every release must have measured. */
const MEASURED: ["service", "p95Ms", "p99Ms", "errorRate", "window"] = [
  "service",
  "p95Ms",
  "p99Ms",
  "errorRate",
  "window",
];

/** What may be known of a release: any of it missing, any of it beyond its limit. */
const evidence: fc.Arbitrary<Evidence> = fc.record({
  snapshot: fc.oneof(
    fc.record({ ...goodSnapshot, ...split }, { requiredKeys: MEASURED }),
    fc.record({ ...snapshot, ...split }, { requiredKeys: MEASURED }),
    fc.record({ ...snapshot, ...split }, { requiredKeys: [] }),
  ),
  cost: fc.oneof(
    { weight: 2, arbitrary: fc.record(goodCost) },
    { weight: 2, arbitrary: fc.record(cost) },
    { weight: 1, arbitrary: fc.record(cost, { requiredKeys: [] }) },
  ),
});

const upTo = (max: number) => fc.oneof(fc.constant(max), fc.double({ min: 0.001, max, noNaN: true }));
/** Further evidence, each field of it within its limit, and what the policy has never heard of. */
function furtherOf(policy: Policy): fc.Arbitrary<Evidence & { readonly top: object }> {
  const config = shippedConfig(policy, "promotion");
  const upToLimit = (name: string) => upTo(Number(config[name]));
  return fc.record({
    snapshot: fc
      .record(
        {
          service: fc.constant("graph-api"),
          window: fc.constant("24h"),
          p95Ms: upToLimit("max_read_p95_ms"),
          p99Ms: milliseconds,
          readP95Ms: upToLimit("max_read_p95_ms"),
          writeP95Ms: upToLimit("max_write_p95_ms"),
          errorRate: upToLimit("max_error_rate"),
        },
        { requiredKeys: [] },
      )
      .chain((known) =>
        extras([...Object.keys(snapshot), ...Object.keys(split)]).map((more) => ({ ...more, ...known })),
      ),
    cost: fc
      .record(
        {
          graphqlPerMillionUsd: upToLimit("max_graphql_usd_per_million"),
          ingestPerThousandUsd: upToLimit("max_ingest_usd_per_thousand"),
        },
        { requiredKeys: [] },
      )
      .chain((known) => extras(Object.keys(cost)).map((more) => ({ ...more, ...known }))),
    top: extras(["snapshot", "cost"]),
  });
}

/** What was known stays as it was: evidence is added, never replaced. */
function together(known: Evidence, more: Evidence & { readonly top: object }): Evidence {
  return { ...more.top, snapshot: { ...more.snapshot, ...known.snapshot }, cost: { ...more.cost, ...known.cost } };
}

/** The same evidence with each measure as good or better; a missing one stays missing. */
function better(known: Evidence, factor: number): Evidence {
  const improve = (fields: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === "number" ? value * factor : value]),
    );
  return { snapshot: improve(known.snapshot), cost: improve(known.cost) };
}

const WHOLE = "\tcount(limits) == count(measures)\n";

export const PROMOTION_LAWS: readonly Law[] = [
  {
    name: "more evidence never makes a promotion fail",
    runs: 5 * MANY,
    property: (policy) =>
      fc.property(evidence, furtherOf(policy), (known, more) => {
        const { instance } = policy;
        const before = new Set(codesOf(instance, "promotion", known));
        const after = codesOf(instance, "promotion", together(known, more));
        const stillOk = ask(instance, OK, known) === false || ask(instance, OK, together(known, more)) === true;
        return stillOk && after.every((code) => before.has(code));
      }),
    mutants: [
      {
        what: "wants both halves of a split or neither",
        path: FILE,
        from: WHOLE,
        to: `${WHOLE}\tcount(split_given) != 1\n`,
      },
      {
        what: "judges the unsplit p95 as write once writes are measured",
        path: FILE,
        from: 'measured contains {"measure": "write_p95", "value": latencies.writeP95Ms}',
        to: 'measured contains {"measure": "write_p95", "value": latencies.writeP95Ms * 2}',
      },
      {
        what: "wants nothing that it does not know",
        path: FILE,
        from: WHOLE,
        to: `${WHOLE}\tcount(object.keys(input)) == 2\n`,
      },
    ],
  },
  {
    name: "a better measure never makes a promotion fail",
    runs: MANY,
    property: ({ instance }) =>
      fc.property(evidence, fc.double({ min: 0.01, max: 1, noNaN: true }), (known, factor) => {
        return ask(instance, OK, known) === false || ask(instance, OK, better(known, factor)) === true;
      }),
    mutants: [
      {
        what: "mistrusts what is too cheap",
        path: FILE,
        from: "graphql_cost := input.cost.graphqlPerMillionUsd if is_amount(input.cost.graphqlPerMillionUsd)",
        to: "graphql_cost := input.cost.graphqlPerMillionUsd if input.cost.graphqlPerMillionUsd >= 0.1",
      },
    ],
  },
  {
    name: "a worse measure never makes a promotion pass",
    runs: 4 * MANY,
    property: ({ instance }) =>
      fc.property(evidence, milliseconds, milliseconds, ratio, usd, (known, read, write, errors, dear) => {
        const worse = {
          snapshot: {
            ...known.snapshot,
            ...worst(known.snapshot, { readP95Ms: read, writeP95Ms: write, errorRate: errors }),
          },
          cost: { ...known.cost, ...worst(known.cost, { graphqlPerMillionUsd: dear, ingestPerThousandUsd: dear }) },
        };
        return ask(instance, OK, known) === true || ask(instance, OK, worse) === false;
      }),
    mutants: [
      {
        what: "takes an enormous latency for a fault of the meter",
        path: FILE,
        from: "\t\tabout.value <= limits[about.measure]\n",
        to: "\t\tabout.value in {v | some v in {about.value}; v <= limits[about.measure]} | {v | some v in {about.value}; v > 600}\n",
      },
    ],
  },
  {
    name: "a looser limit never makes a promotion fail",
    runs: SOME,
    property: (policy) =>
      fc.asyncProperty(
        evidence,
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.nat({ max: 4 }),
        async (known, by, which) => {
          const limits = Object.entries(shippedConfig(policy, "promotion"));
          const looser = limits.map(([name, limit], index) => [name, index === which ? Number(limit) * by : limit]);
          const after = await withConfig(policy, "promotion", Object.fromEntries(looser) as JsonObject);
          return ask(policy.instance, OK, known) === false || ask(after, OK, known) === true;
        },
      ),
    mutants: [
      {
        what: "takes a loose limit for a mistake",
        path: FILE,
        from: "\tis_amount(data.config.promotion[about.limit])\n",
        to: "\tis_amount(data.config.promotion[about.limit])\n\tdata.config.promotion[about.limit] <= 10000\n",
      },
    ],
  },
];

/** The fields that are there, each with the worse of its two values. */
function worst(known: Record<string, unknown>, other: Record<string, number>): Record<string, number> {
  const present = Object.entries(other).filter(([name]) => typeof known[name] === "number");
  return Object.fromEntries(present.map(([name, value]) => [name, Math.max(value, Number(known[name]))]));
}
