import type { JsonObject } from "@policy-pack/pack";
import type { EvidenceRecord } from "../evidence/evidence.ts";
import type { ReadinessLimits } from "./pack-config.ts";
import type { Reason } from "./reason.ts";

/** What the evidence says of a release here: each part from the newest record that has it. */
export interface Measurement {
  readonly snapshot: EvidenceRecord | undefined;
  readonly cost: EvidenceRecord | undefined;
  readonly soakSeconds: EvidenceRecord | undefined;
}

/** Where measurements come from: the evidence store. Every call may throw STORE_FAILED. */
export interface MeasurementSource {
  newest(service: string, releaseId: string, part: keyof Measurement): EvidenceRecord | undefined;
  environments(service: string, releaseId: string): readonly string[];
}

/** Reads what is there now. @throws TransportError STORE_FAILED */
export function readMeasurement(source: MeasurementSource, service: string, releaseId: string): Measurement {
  const newest = (part: keyof Measurement): EvidenceRecord | undefined => source.newest(service, releaseId, part);
  return { snapshot: newest("snapshot"), cost: newest("cost"), soakSeconds: newest("soakSeconds") };
}

/** The records that a judgement rests on, each once. */
export function recordsOf({ snapshot, cost, soakSeconds }: Measurement): readonly EvidenceRecord[] {
  const records = [snapshot, cost, soakSeconds].filter((record) => record !== undefined);
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

/** Everything that is known, by the names that an input schema may ask for. */
export function toKnown({ snapshot, cost, soakSeconds }: Measurement, about: JsonObject): JsonObject {
  return {
    ...about,
    ...(snapshot?.snapshot === undefined ? {} : { snapshot: { ...snapshot.snapshot } }),
    ...(cost?.cost === undefined ? {} : { cost: { ...cost.cost } }),
    ...(soakSeconds?.soakSeconds === undefined ? {} : { soakSeconds: soakSeconds.soakSeconds }),
  };
}

/** Why there is nothing to judge; undefined when there is a snapshot. */
export function absence(measurement: Measurement, others: readonly string[], environment: string): Reason | undefined {
  if (measurement.snapshot !== undefined) return undefined;
  if (others.length === 0) {
    const message = `there is no snapshot of this release in ${environment}`;
    return { kind: "missing", code: "evidence_missing", message };
  }
  const message = `there is no snapshot of this release in ${environment}; there is evidence from ${others.join(", ")}`;
  return { kind: "elsewhere", code: "evidence_other_environment", message };
}

/** Why the parts cannot be judged together: a yes to the latency of one artifact and the costs of another is none. */
export function mixture({ snapshot, cost }: Measurement): Reason | undefined {
  const [of, other] = [snapshot?.artifactDigest, cost?.artifactDigest];
  if (of === undefined || other === undefined || of === other) return undefined;
  const message = `the snapshot is of ${of} and the costs are of ${other}`;
  return { kind: "elsewhere", code: "evidence_other_target", message };
}

/** Clocks of machines that are kept in time differ by less. */
const MAX_SKEW_MS = 60_000;

/** Why any of the parts is too old to be believed; a pack that does not say how old they may be believes nothing. */
export function ageReasons(limits: ReadinessLimits, parts: Partial<Measurement>, now: Date): readonly Reason[] {
  const { maxEvidenceAgeSeconds: maxSeconds, invalid } = limits;
  if (invalid.length > 0 || maxSeconds === undefined) {
    const named = invalid.length > 0 ? invalid.join(", ") : "max_evidence_age_seconds";
    const message = `data.config.readiness of the pack has no number of seconds at ${named}`;
    return [{ kind: "failed", code: "readiness_limit_invalid", message }];
  }
  return Object.entries(parts).flatMap(([part, record]: [string, EvidenceRecord | undefined]): readonly Reason[] => {
    if (record === undefined) return [];
    const ageMs = now.getTime() - Date.parse(record.measuredAt);
    // Written this way round, an age that is no number is too old as well.
    if (ageMs <= maxSeconds * 1000 && ageMs >= -MAX_SKEW_MS) return [];
    const message = `the ${part} was measured at ${record.measuredAt}; the pack believes evidence for ${maxSeconds} s`;
    return [{ kind: "stale", code: "evidence_stale", message }];
  });
}
