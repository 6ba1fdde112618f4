import { TrustError, VerificationError } from "@policy-pack/pack";
import type { PolicyPackError } from "@policy-pack/pack";
import type { AttestationQuorum, Quorum } from "../policy/compiled-policy.ts";
import type { BundleStep, DemandStep, RuleReport } from "../report/verification-report.ts";
import { furthestRejected } from "./bundle-assessment.ts";
import type { BundleAssessment } from "./bundle-assessment.ts";
import { acceptancesOf, countSigners } from "./signer-count.ts";
import type { CountedSigner } from "./signer-count.ts";

/** How many signers a message names. */
const MAX_NAMES = 10;

/** One demand of the policy, judged. */
export interface Judgement {
  readonly report: RuleReport;
  readonly error: PolicyPackError | undefined;
  /** Where it was decided, when that was a step of one bundle. */
  readonly at: BundleStep | DemandStep;
}

interface Demand {
  readonly step: DemandStep;
  /** In words, for the report. */
  readonly rule: string;
}

export function met(demand: Demand, metBy: readonly CountedSigner[], saw: string): Judgement {
  return { report: { ...demand, outcome: "met", metBy, saw }, error: undefined, at: demand.step };
}

export function unmet(
  demand: Demand,
  error: PolicyPackError,
  at: BundleStep | DemandStep = demand.step,
  metBy: readonly CountedSigner[] = [],
): Judgement {
  const { code, message } = error;
  return { report: { ...demand, outcome: "unmet", metBy, saw: message, code }, error, at };
}

export function skipped(demand: Demand): Judgement {
  const saw = "not looked at, since another demand is not met";
  return { report: { ...demand, outcome: "skipped", metBy: [], saw }, error: undefined, at: demand.step };
}

/** Whether enough distinct signers signed the artifact. Only what failed on the way to that is a reason. */
export function judgeThreshold(
  quorum: Quorum,
  assessments: readonly BundleAssessment[],
  acceptStatements: boolean,
): Judgement {
  const demand = { step: "threshold", rule: quorumRule("signers", quorum) } as const;
  const counted = countSigners(acceptancesOf(assessments, quorum));
  if (counted.length >= quorum.threshold) return met(demand, counted, namesOf(counted));
  if (counted.length > 0) return unmet(demand, tooFew(quorum, counted, assessments), demand.step, counted);
  const signatures = assessments.filter(({ kind }) => acceptStatements || kind !== "statement");
  const rejected = furthestRejected(signatures) ?? furthestRejected(assessments);
  if (rejected?.error !== undefined) return unmet(demand, rejected.error, rejected.steps.last);
  return unmet(demand, assessments.length > 0 ? notASignature() : tooFew(quorum, counted, assessments));
}

function tooFew(
  quorum: Quorum,
  counted: readonly CountedSigner[],
  assessments: readonly BundleAssessment[],
): TrustError {
  const rejected = furthestRejected(assessments)?.error;
  const who = counted.length === 0 ? "Nobody" : namesOf(counted);
  return new TrustError(
    "THRESHOLD_NOT_MET",
    `${who} signed: ${counted.length} of ${quorum.threshold} distinct signers that the policy demands; no signature` +
      ` counts for ${absentOf(quorum, counted)}.` +
      (rejected === undefined ? " Have others sign too." : ` Another signature does not count: ${rejected.message}`),
    { cause: rejected },
  );
}

function notASignature(): VerificationError {
  return new VerificationError(
    "STATEMENT_INVALID",
    "What is given are statements about the artifact, not a signature of it; use the bundle that signing it made.",
  );
}

/** Whether enough distinct signers made an attestation that satisfies the rule. */
export function judgeAttestation(quorum: AttestationQuorum, assessments: readonly BundleAssessment[]): Judgement {
  const { rule, threshold } = quorum;
  const demand = { step: "attestations", rule: quorumRule(rule.predicateType, quorum) } as const;
  const believed = acceptancesOf(assessments, quorum);
  const satisfying = believed.filter(({ unmet: reason }) => reason === undefined);
  const counted = countSigners(satisfying);
  if (counted.length >= threshold) return met(demand, counted, namesOf(counted));
  const reason = believed.find(({ unmet: why }) => why !== undefined)?.unmet;
  if (satisfying.length === 0 && reason !== undefined)
    return unmet(demand, rejectedPredicate(rule.predicateType, reason));
  if (satisfying.length > 0) return unmet(demand, tooFew(quorum, counted, []), demand.step, counted);
  return unmet(demand, missingPredicate(rule.predicateType, assessments));
}

function rejectedPredicate(type: string, reason: string): TrustError {
  return new TrustError(
    "PREDICATE_REJECTED",
    `The attestation ${type} is genuine, and its content is not what the policy demands: ${reason}.`,
  );
}

function missingPredicate(type: string, assessments: readonly BundleAssessment[]): TrustError {
  const rejected = furthestRejected(assessments.filter(({ kind }) => kind !== "signature"))?.error;
  return new TrustError(
    "PREDICATE_MISSING",
    `The policy demands an attestation ${type}, and none is given that can be believed.` +
      (rejected === undefined ? " Give its bundle too." : ` One that is given is not: ${rejected.message}`),
    { cause: rejected },
  );
}

function quorumRule(what: string, { threshold, signers }: Quorum): string {
  return `${what} (at least ${threshold} of ${new Set(signers.map(({ label }) => label)).size})`;
}

/** Those of the policy's signers whose signature would be one more; the first of many. */
export function absentOf({ signers }: Quorum, counted: readonly CountedSigner[]): string {
  const present = new Set(counted.map(({ signer }) => signer));
  const absent = [...new Set(signers.map(({ label }) => label))].filter((label) => !present.has(label));
  const more = absent.length - MAX_NAMES;
  return `${absent.slice(0, MAX_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export function namesOf(counted: readonly CountedSigner[]): string {
  return counted.map(({ signer }) => signer).join(", ");
}
