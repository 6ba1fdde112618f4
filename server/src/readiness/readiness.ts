import { PolicyPackError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { TrustedRoot, VerificationPolicy } from "@policy-pack/verify";
import type { FastifyBaseLogger } from "fastify";
import type { EvidenceLink, EvidenceRecord, HistoryPage, LinkedEvidence } from "../evidence/evidence.ts";
import type { Judge, Judgement } from "../promotion/judge.ts";
import { ageReasons, recordsOf } from "../promotion/measurement.ts";
import { toFailure } from "../promotion/reason.ts";
import type { Reason } from "../promotion/reason.ts";
import { readAcceptances } from "./acceptances.ts";
import { AssessmentMemory } from "./assessment-memory.ts";
import { assessDemand, isAcceptance, toDemands } from "./attestations.ts";
import type { AttestationDemand, AttestationTrust, State } from "./attestations.ts";
import type { AttestationFact } from "./finding.ts";
import { toReadinessReport } from "./report.ts";
import type { ReadinessReport } from "./report.ts";
import type { AcceptanceFact } from "./risk-acceptance.ts";
import { deriveVerdict } from "./verdict.ts";

/** Where links and digests come from: the evidence store. Every call may throw STORE_FAILED. */
export interface LinkSource {
  links(service: string, releaseId: string): readonly LinkedEvidence[];
  artifactDigests(service: string, releaseId: string): readonly Digest[];
  history(service: string, releaseId: string): HistoryPage;
}

export interface ReadinessOptions {
  readonly environment: string;
  readonly packId: string;
  readonly judge: Judge;
  readonly evidence: LinkSource;
  /** What a release must bring besides measurements; nothing when there is none. */
  readonly policy: VerificationPolicy | undefined;
  readonly trustedRoot: TrustedRoot | undefined;
  readonly now: () => Date;
  readonly log: Pick<FastifyBaseLogger, "error" | "warn">;
}

/** What the asker expects the evidence to be about; a verdict of something else is not theirs. */
export interface Expectation {
  readonly target?: string | undefined;
  readonly environment?: string | undefined;
}

/** Gives one verdict for a release, from what is in the evidence store at that moment. */
export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #demands: readonly AttestationDemand[];
  readonly #acceptanceDemands: readonly AttestationDemand[];
  readonly #memory = {
    states: new AssessmentMemory<State>(),
    acceptances: new AssessmentMemory<AcceptanceFact>(),
  };

  /** @throws ConfigError CONFIG_INVALID for a readiness policy whose rules cannot stand alone */
  constructor(options: ReadinessOptions) {
    const demands = options.policy === undefined ? [] : toDemands(options.policy);
    this.#options = options;
    this.#demands = demands.filter((demand) => !isAcceptance(demand));
    this.#acceptanceDemands = demands.filter(isAcceptance);
  }

  /** The verdict; what cannot be looked at makes it INSUFFICIENT_PROOF and is told. Does not throw. */
  async assess(service: string, releaseId: string, expected: Expectation = {}): Promise<ReadinessReport> {
    const { environment, packId, judge, now } = this.#options;
    const judgement = await judge.judge(service, releaseId);
    const moment = now();
    const evidence = this.#look(service, releaseId, moment);
    const facts = {
      service,
      releaseId,
      environment,
      target: evidence.target,
      wantedTarget: expected.target,
      wantedEnvironment: expected.environment,
      measuredTargets: measuredTargets(judgement),
      isMeasuredUnnamed: recordsOfJudgement(judgement).some(({ artifactDigest }) => artifactDigest === undefined),
      judgement: toJudged(judgement),
      soakSeconds: judgement.measurement?.soakSeconds?.soakSeconds,
      minSoakSeconds: judgement.pack?.limits.minSoakSeconds,
      attestations: evidence.attestations,
      acceptances: evidence.acceptances,
      failures: [...evidence.failures, ...soakAge(judgement, moment)],
      now: moment,
    };
    const records = [...recordsOfJudgement(judgement), ...evidence.records];
    return toReadinessReport({ facts, derived: deriveVerdict(facts), judgement, records, packId });
  }

  #look(service: string, releaseId: string, now: Date): Looked {
    const { environment, evidence, trustedRoot } = this.#options;
    try {
      const linked = evidence.links(service, releaseId);
      const target = evidence.artifactDigests(service, releaseId).at(0);
      const release = { service, releaseId, environment };
      const trust: AttestationTrust = { trustedRoot, target, now, release, ...this.#memory };
      const links = linked.map(({ link }) => link);
      const others = this.#linksElsewhere(service, releaseId);
      return {
        target,
        attestations: this.#demands.map((demand) => {
          const elsewhere = others.filter(({ link }) => link.predicateType === demand.predicateType);
          return assessDemand(demand, links, [...new Set(elsewhere.map((other) => other.environment))], trust);
        }),
        acceptances: readAcceptances(this.#acceptanceDemands, links, trust),
        failures: [],
        records: linked.map(({ record }) => record),
      };
    } catch (thrown) {
      return { target: undefined, attestations: [], acceptances: [], failures: [this.#toFailure(thrown)], records: [] };
    }
  }

  /** Only asked where something is demanded: it says why a missing attestation is missing. */
  #linksElsewhere(service: string, releaseId: string): readonly ForeignLink[] {
    if (this.#demands.length === 0) return [];
    const { environment, evidence } = this.#options;
    const foreign = evidence.history(service, releaseId).records.filter((record) => record.environment !== environment);
    return foreign.flatMap((record) => record.links.map((link) => ({ link, environment: record.environment })));
  }

  #toFailure(thrown: unknown): Reason {
    const { log } = this.#options;
    if (thrown instanceof PolicyPackError) log.warn({ err: thrown }, "a release's attestations cannot be judged");
    else log.error({ err: thrown }, "judging a release's attestations failed");
    return toFailure(thrown);
  }
}

interface Looked {
  readonly target: Digest | undefined;
  readonly attestations: readonly AttestationFact[];
  readonly acceptances: readonly AcceptanceFact[];
  readonly failures: readonly Reason[];
  readonly records: readonly EvidenceRecord[];
}

interface ForeignLink {
  readonly link: EvidenceLink;
  readonly environment: string;
}

function recordsOfJudgement({ measurement }: Judgement): readonly EvidenceRecord[] {
  return measurement === undefined ? [] : recordsOf(measurement);
}

/** A gate does not ask for it, so that judging does not either: how long an earlier rollout ran proves nothing of this one. */
function soakAge({ pack, measurement }: Judgement, now: Date): readonly Reason[] {
  if (pack?.limits.minSoakSeconds === undefined) return [];
  return ageReasons(pack.limits, { soakSeconds: measurement?.soakSeconds }, now);
}

function measuredTargets(judgement: Judgement): readonly Digest[] {
  const digests = recordsOfJudgement(judgement).flatMap(({ artifactDigest }) => artifactDigest ?? []);
  return [...new Set(digests)];
}

function toJudged({ ok, reasons, measurement }: Judgement): {
  ok: boolean;
  reasons: readonly Reason[];
  measuredAt?: string;
} {
  const measuredAt = measurement?.snapshot?.measuredAt;
  return { ok, reasons, ...(measuredAt === undefined ? {} : { measuredAt }) };
}
