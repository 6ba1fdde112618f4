import type { Digest } from "@policy-pack/pack";
import type { Reason } from "../promotion/reason.ts";
import type { AttestationFact, Finding, Verdict } from "./finding.ts";
import type { AcceptanceFact, AcceptedRisk } from "./risk-acceptance.ts";

/** All that a verdict is derived from. Nothing else goes into it. */
export interface ReadinessFacts {
  readonly service: string;
  readonly releaseId: string;
  /** What this server judges. */
  readonly environment: string;
  /** The artifact that the release's evidence names; undefined when it names none. */
  readonly target: Digest | undefined;
  /** What the asker demands it to be; undefined for whatever it is. */
  readonly wantedTarget: string | undefined;
  readonly wantedEnvironment: string | undefined;
  /** The artifacts that what was measured names itself, which may be others. */
  readonly measuredTargets: readonly Digest[];
  /** Whether something that was measured names no artifact, as nothing from Prometheus does. */
  readonly isMeasuredUnnamed: boolean;
  readonly judgement: { readonly ok: boolean; readonly reasons: readonly Reason[]; readonly measuredAt?: string };
  readonly soakSeconds: number | undefined;
  readonly minSoakSeconds: number | undefined;
  readonly attestations: readonly AttestationFact[];
  readonly acceptances: readonly AcceptanceFact[];
  /** What could not be looked at: a store that fails. */
  readonly failures: readonly Reason[];
  readonly now: Date;
}

export interface TakenRisk extends AcceptedRisk {
  readonly acceptedBy: string;
}

export interface DerivedVerdict {
  readonly verdict: Verdict;
  readonly proven: readonly Finding[];
  readonly notProven: readonly Finding[];
  readonly risks: readonly TakenRisk[];
  /** Acceptances that were given and count nothing, with the reason. */
  readonly unusedAcceptances: readonly Finding[];
}

/** What stands between the release and a GO, and what that makes of it. */
interface Obstacle extends Finding {
  readonly weight: "no_go" | "insufficient";
  readonly acceptable: boolean;
}

/**
 * Derives the verdict from what is there. A no of the policy on whole, current evidence of this artifact and environment
 * is NO_GO, whatever else is missing. Without such evidence nothing is said about the release: INSUFFICIENT_PROOF.
 * Somebody may accept measured exceedances and attestations that are missing, and nothing else.
 */
export function deriveVerdict(facts: ReadinessFacts): DerivedVerdict {
  const measuring = measurementObstacles(facts);
  const obstacles = [...measuring, ...attestationObstacles(facts)];
  const { counted, unused } = sortAcceptances(facts, obstacles);
  const codes = new Set(obstacles.filter(({ acceptable }) => acceptable).map(({ code }) => code));
  const risks = [...codes].flatMap((code) => counted.find((risk) => risk.code === code) ?? []);
  const open = obstacles.filter(({ code, acceptable }) => !acceptable || !risks.some((risk) => risk.code === code));
  return {
    verdict: verdictOf(open, risks, measuring),
    proven: provenBy(facts, measuring),
    notProven: obstacles.map(({ code, message }) => ({ code, message })),
    risks,
    unusedAcceptances: unused,
  };
}

function verdictOf(open: readonly Obstacle[], risks: readonly TakenRisk[], measuring: readonly Obstacle[]): Verdict {
  const isMeasured = measuring.every(({ weight }) => weight === "no_go");
  if (open.length === 0) return risks.length === 0 ? "GO" : "GO_WITH_ACCEPTED_RISKS";
  return isMeasured && open.some(({ weight }) => weight === "no_go") ? "NO_GO" : "INSUFFICIENT_PROOF";
}

function measurementObstacles(facts: ReadinessFacts): readonly Obstacle[] {
  const { judgement, failures } = facts;
  const said = [...failures, ...judgement.reasons].map(toObstacle);
  // Never a GO without the policy's yes, whatever became of its reasons.
  const silent = judgement.ok || said.length > 0 ? [] : [insufficient("undecided", "the policy did not say yes")];
  return distinct([...said, ...silent, ...targetObstacles(facts), ...soakObstacles(facts)]);
}

function toObstacle({ kind, code, message }: Reason): Obstacle {
  if (kind !== "policy") return insufficient(code, message);
  return { code, message, weight: "no_go", acceptable: code.endsWith("_exceeded") };
}

function targetObstacles(facts: ReadinessFacts): readonly Obstacle[] {
  const { target, wantedTarget, measuredTargets, environment, wantedEnvironment, attestations } = facts;
  const obstacles: Obstacle[] = [];
  if (wantedEnvironment !== undefined && wantedEnvironment !== environment) {
    const message = `asked about ${wantedEnvironment}; the evidence is from ${environment}`;
    obstacles.push(insufficient("evidence_other_environment", message));
  }
  if (target === undefined && (attestations.length > 0 || wantedTarget !== undefined)) {
    obstacles.push(
      insufficient("target_missing", "no evidence of this release names the artifact that it runs, as artifactDigest"),
    );
  }
  if (target !== undefined && wantedTarget !== undefined && wantedTarget !== target) {
    obstacles.push(
      insufficient("evidence_other_target", `asked about ${wantedTarget}; the evidence is about ${target}`),
    );
  }
  for (const measured of measuredTargets.filter((digest) => digest !== target)) {
    const message = `${measured} was measured; newer evidence of this release names ${target ?? "nothing"}`;
    obstacles.push(insufficient("evidence_other_target", message));
  }
  return obstacles;
}

function soakObstacles({ minSoakSeconds, soakSeconds, judgement }: ReadinessFacts): readonly Obstacle[] {
  if (minSoakSeconds === undefined || judgement.measuredAt === undefined) return [];
  if (soakSeconds === undefined) {
    return [insufficient("soak_missing", `the evidence has no soakSeconds; the pack demands ${minSoakSeconds}`)];
  }
  if (soakSeconds >= minSoakSeconds) return [];
  const message = `the release had run for ${soakSeconds} s when it was measured; the pack demands ${minSoakSeconds} s`;
  return [insufficient("soak_too_short", message)];
}

function attestationObstacles({ attestations }: ReadinessFacts): readonly Obstacle[] {
  return attestations.flatMap(({ name, state, message }) => {
    if (state === "proven") return [];
    return [{ ...insufficient(`attestation_${state}:${name}`, message), acceptable: state === "missing" }];
  });
}

function insufficient(code: string, message: string): Obstacle {
  return { code, message, weight: "insufficient", acceptable: false };
}

function distinct(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  return [...new Map(obstacles.map((obstacle) => [`${obstacle.code}\n${obstacle.message}`, obstacle])).values()];
}

interface Sorted {
  /** Of this release and in force, whatever they are about. */
  readonly counted: readonly TakenRisk[];
  readonly unused: readonly Finding[];
}

function sortAcceptances(facts: ReadinessFacts, obstacles: readonly Obstacle[]): Sorted {
  const counted: TakenRisk[] = [];
  const unused: Finding[] = [];
  for (const fact of facts.acceptances) {
    if ("problem" in fact) {
      unused.push({ code: "acceptance_unproven", message: fact.problem });
      continue;
    }
    const { acceptance, acceptedBy } = fact;
    for (const risk of acceptance.risks) {
      const problem = problemOf(acceptance, risk, facts, obstacles);
      if (problem === undefined) counted.push({ ...risk, acceptedBy });
      else unused.push({ ...problem, message: `${risk.code}, accepted by ${acceptedBy}: ${problem.message}` });
    }
  }
  // The one that holds for longest comes first, so that it is the one that is told.
  return { counted: counted.sort((a, b) => Date.parse(b.until) - Date.parse(a.until)), unused };
}

function problemOf(
  acceptance: { readonly service: string; readonly releaseId: string; readonly environment: string },
  risk: AcceptedRisk,
  { service, releaseId, environment, now }: ReadinessFacts,
  obstacles: readonly Obstacle[],
): Finding | undefined {
  if (acceptance.environment !== environment) {
    return { code: "acceptance_other_environment", message: `it is for ${acceptance.environment}` };
  }
  if (acceptance.service !== service || acceptance.releaseId !== releaseId) {
    return { code: "acceptance_other_release", message: `it is for ${acceptance.service} ${acceptance.releaseId}` };
  }
  // Written this way round, a time that is none has passed as well.
  if (!(Date.parse(risk.until) > now.getTime())) {
    return { code: "acceptance_expired", message: `it ended at ${risk.until}` };
  }
  const about = obstacles.filter(({ code }) => code === risk.code);
  if (about.length === 0) return { code: "acceptance_unneeded", message: "there is no such finding" };
  if (about.every(({ acceptable }) => acceptable)) return undefined;
  return { code: "acceptance_not_possible", message: "nobody can accept this" };
}

function provenBy(
  { judgement, attestations, target }: ReadinessFacts,
  measuring: readonly Obstacle[],
): readonly Finding[] {
  const measured: readonly Finding[] =
    judgement.ok && measuring.length === 0
      ? [
          {
            code: "promotion_ok",
            message: `the pack says yes to the evidence measured at ${judgement.measuredAt ?? "an unknown time"}`,
          },
        ]
      : [];
  const proven = attestations.filter(({ state }) => state === "proven");
  const about = target === undefined ? "" : ` of ${target}`;
  return [
    ...measured,
    ...proven.map(({ name, message }) => ({
      code: `attestation_proven:${name}`,
      message: `${name}${about}: ${message}`,
    })),
  ];
}
