/** A question to the pack, as a service would ask it. */
export interface Question {
  readonly says: string;
  readonly entrypoint: string;
  readonly why: string;
  readonly input: unknown;
}

const subject = { tenant: "acme", purpose: "fraud-risk" };
const retained = { tenant: "acme", retention_until: "2099-01-01T00:00:00Z" };
const snapshot = { service: "checkout", window: "1h", p95Ms: 310, p99Ms: 690, readP95Ms: 310, writeP95Ms: 640 };
const cost = { graphqlPerMillionUsd: 1.8, ingestPerThousandUsd: 0.08 };

export const DECISIONS: readonly Question[] = [
  {
    says: "acme reads its own record for fraud-risk:",
    entrypoint: "cos/abac/allow",
    why: "cos/abac/reasons",
    input: { subject, resource: retained },
  },
  {
    says: "acme reads globex's record, whose retention has ended:",
    entrypoint: "cos/abac/allow",
    why: "cos/abac/reasons",
    input: { subject, resource: { tenant: "globex", retention_until: "2020-01-01T00:00:00Z" } },
  },
  {
    says: "an agent answers with confidence 0.72, unverified:",
    entrypoint: "cos/approval/require_human",
    why: "cos/approval/reasons",
    input: { agentOutput: { confidenceScore: 0.72, verified: false } },
  },
  {
    says: "a workspace has used 85 % of its tokens:",
    entrypoint: "cos/budget/decision",
    why: "cos/budget/reasons",
    input: { workspace: "research", usage: { tokens: 850, costUsd: 1 }, caps: { tokens: 1000, costUsd: 50 } },
  },
  {
    says: "a release within its limits:",
    entrypoint: "cos/promotion/ok",
    why: "cos/promotion/reasons",
    input: { snapshot: { ...snapshot, errorRate: 0.004 }, cost },
  },
  {
    says: "a release with 3 % errors and slow writes:",
    entrypoint: "cos/promotion/ok",
    why: "cos/promotion/reasons",
    input: { snapshot: { ...snapshot, writeP95Ms: 910, errorRate: 0.03 }, cost },
  },
];
