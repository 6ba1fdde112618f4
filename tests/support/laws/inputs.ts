import fc from "fast-check";

/** Inputs near the pack's own thresholds, and everything that is no good input. */

/** Names under which a policy might be tempted to look for a way around its rules. */
const TEMPTING = ["admin", "role", "override", "allow", "ok", "tenants", "breakGlass", "verified", "region", "note"];
const TEMPTATIONS = [true, "admin", "*", 1, null, ["*"], {}];

/** Fields that no package knows, without those that it does. */
export function extras(known: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const name = fc.oneof(fc.constantFrom(...TEMPTING), fc.string({ maxLength: 8 }));
  const value = fc.oneof(fc.constantFrom(...TEMPTATIONS), fc.jsonValue({ maxDepth: 1 }));
  return fc
    .array(fc.tuple(name, value), { maxLength: 3 })
    .map((pairs) => Object.fromEntries(pairs.filter(([key]) => !known.includes(key))));
}

/** Each field good, missing, or any JSON in its place. */
function shaky(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, good] of Object.entries(fields)) {
    model[name] = fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
  }
  const required = Object.keys(fields);
  const whole = fc.record(model);
  const partial = fc.record(model, { requiredKeys: [] });
  const odd = fc.oneof(partial, fc.jsonValue({ maxDepth: 1 }));
  return required.length === 0 ? whole : fc.oneof({ weight: 8, arbitrary: whole }, { weight: 2, arbitrary: odd });
}

export const purpose = fc.constantFrom("benchmarking", "demo", "fraud-risk", "investigation", "t&s", "training");
export const tenant = fc.constantFrom("acme", "globex", "initech-eu");
const instant = fc.constantFrom("2099-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z");

export const milliseconds = fc.oneof(
  fc.constantFrom(0.001, 120, 349.999, 350, 350.001, 699.999, 700, 700.001, 3_600_000),
  fc.double({ min: 0.001, max: 1000, noNaN: true }),
);
export const ratio = fc.oneof(
  fc.constantFrom(0, 0.0001, 0.02, 0.020001, 0.84999, 0.85, 0.85001, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
export const usd = fc.oneof(fc.constantFrom(0, 0.1, 0.1001, 2, 2.0001), fc.double({ min: 0, max: 4, noNaN: true }));

export const workspace = fc.constantFrom("sandbox", "research", "web", "Sand Box", "SANDBOX");
export const tokens = fc.oneof(
  fc.constantFrom(0, 399_999, 400_000, 499_999, 500_000, 7_999_999, 8_000_000, 9_999_999, 10_000_000, 10 ** 12),
  fc.nat({ max: 60_000_000 }),
);
export const spent = fc.oneof(
  fc.constantFrom(0, 19.999999, 20, 24.99, 25, 799.99, 800, 999.99, 1000, 10 ** 12),
  fc.double({ min: 0, max: 6000, noNaN: true }),
);
export const cap = fc.oneof(tokens, spent);
export const caps = fc.record({ tokens: cap, costUsd: cap }, { requiredKeys: [] });
const person = fc.constantFrom("alice", "Alice", "a lice", "bob@example.com", "carol");
export const breakGlass = fc.record({ requester: person, approver: person });

export const latencies = { p95Ms: milliseconds, p99Ms: milliseconds };
export const split = { readP95Ms: milliseconds, writeP95Ms: milliseconds };
export const snapshot = {
  service: fc.constantFrom("graph-api", "ingest"),
  ...latencies,
  errorRate: ratio,
  window: fc.constantFrom("30m", "24h"),
};
export const cost = { graphqlPerMillionUsd: usd, ingestPerThousandUsd: usd };

/** Few random releases are within every limit at once. */
export const goodSnapshot = { ...snapshot, p95Ms: fc.constantFrom(120, 350), errorRate: fc.constantFrom(0, 0.02) };
export const goodCost = {
  graphqlPerMillionUsd: fc.constantFrom(0, 2),
  ingestPerThousandUsd: fc.constantFrom(0.05, 0.1),
};

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });

/** Good and bad inputs of each package: whole, partial, with any JSON at any place, and any JSON altogether. */
export const INPUTS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  abac: anyOr(shaky({ subject: shaky({ tenant, purpose }), resource: shaky({ tenant, retention_until: instant }) })),
  approval: anyOr(
    shaky({
      agentOutput: fc.oneof(
        shaky({ confidenceScore: ratio }),
        shaky({ confidenceScore: ratio, verified: fc.boolean() }),
      ),
    }),
  ),
  budget: anyOr(
    fc.oneof(
      shaky({ workspace, usage: shaky({ tokens, costUsd: spent }) }),
      shaky({ workspace, usage: shaky({ tokens, costUsd: spent }), caps: shaky({ tokens: cap, costUsd: cap }) }),
      shaky({
        workspace,
        usage: shaky({ tokens, costUsd: spent }),
        breakGlass: shaky({ requester: person, approver: person }),
      }),
      shaky({
        workspace,
        usage: shaky({ tokens, costUsd: spent }),
        caps: optional(caps),
        breakGlass: optional(breakGlass),
      }),
    ),
  ),
  promotion: anyOr(
    fc.oneof(
      shaky({ snapshot: shaky(snapshot), cost: shaky(cost) }),
      shaky({ snapshot: shaky({ ...snapshot, ...split }), cost: shaky(cost) }),
      shaky({ snapshot: shaky(goodSnapshot), cost: shaky(goodCost) }),
    ),
  ),
};

function anyOr(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary },
    { weight: 1, arbitrary: fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(undefined)) },
  );
}
