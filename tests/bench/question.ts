/** An access that the pack allows, for many years to come. */
export const INPUT = {
  subject: { tenant: "acme", purpose: "investigation" },
  resource: { tenant: "acme", retention_until: "2099-12-31T23:59:59Z" },
} as const;

/** What each package of the pack is asked; every rule has something to look at. */
export const INPUTS: Readonly<Record<string, unknown>> = {
  "cos/abac": INPUT,
  "cos/approval": { agentOutput: { confidenceScore: 0.91, verified: true } },
  "cos/budget": {
    workspace: "research",
    usage: { tokens: 850_000, costUsd: 41.5 },
    caps: { tokens: 1_000_000, costUsd: 100 },
    breakGlass: { requester: "ada", approver: "grace" },
  },
  "cos/promotion": {
    snapshot: {
      service: "api",
      p95Ms: 180,
      p99Ms: 400,
      readP95Ms: 180,
      writeP95Ms: 320,
      errorRate: 0.004,
      window: "10m",
    },
    cost: { graphqlPerMillionUsd: 1.2, ingestPerThousandUsd: 0.05 },
  },
};
