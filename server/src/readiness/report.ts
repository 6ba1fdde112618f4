import type { Digest } from "@policy-pack/pack";
import type { EvidenceRecord } from "../evidence/evidence.ts";
import type { Judgement } from "../promotion/judge.ts";
import type { Finding, Verdict } from "./finding.ts";
import { forbiddenClaims } from "./claims.ts";
import { nextStep } from "./next-step.ts";
import type { NextStep } from "./next-step.ts";
import type { DerivedVerdict, ReadinessFacts, TakenRisk } from "./verdict.ts";

/** What `GET /v1/readiness/{service}/{releaseId}` answers: docs/contracts/readiness.schema.json. */
export interface ReadinessReport {
  readonly readinessVersion: 1;
  readonly verdict: Verdict;
  readonly service: string;
  readonly releaseId: string;
  readonly environment: string;
  /** The artifact that the verdict is about; absent when no evidence names one. */
  readonly artifactDigest?: Digest;
  readonly proven: readonly Finding[];
  readonly notProven: readonly Finding[];
  /** What nobody may say of the release on the strength of this verdict. */
  readonly mustNotClaim: readonly string[];
  readonly risks: readonly TakenRisk[];
  /** Acceptances of risks that count nothing, and why. */
  readonly unusedAcceptances: readonly Finding[];
  readonly next: NextStep;
  /** The ids of the evidence that was looked at. */
  readonly evidence: readonly Digest[];
  readonly packId: string;
  /** Absent when no verified pack decided. */
  readonly packDigest?: Digest;
  readonly revision?: string;
  /** ISO 8601, UTC. */
  readonly decidedAt: string;
}

export interface ReportParts {
  readonly facts: ReadinessFacts;
  readonly derived: DerivedVerdict;
  readonly judgement: Judgement;
  readonly records: readonly EvidenceRecord[];
  readonly packId: string;
}

/** Puts the answer together; the verdict is only carried over. */
export function toReadinessReport({ facts, derived, judgement, records, packId }: ReportParts): ReadinessReport {
  const { service, releaseId, environment, target } = facts;
  const { pack, decidedAt } = judgement;
  const { verdict, proven, notProven, risks, unusedAcceptances } = derived;
  return {
    readinessVersion: 1,
    verdict,
    service,
    releaseId,
    environment,
    ...(target === undefined ? {} : { artifactDigest: target }),
    proven,
    notProven,
    mustNotClaim: forbiddenClaims(facts, derived),
    risks,
    unusedAcceptances,
    next: nextStep(facts, derived),
    evidence: [...new Set(records.map(({ id }) => id))],
    packId,
    ...(pack === undefined ? {} : { packDigest: pack.digest, revision: pack.revision }),
    decidedAt,
  };
}
