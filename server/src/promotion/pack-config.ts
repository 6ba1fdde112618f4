import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";

/** What a pack's `data.config.readiness` says of evidence; undefined where it says nothing that can be used. */
export interface ReadinessLimits {
  /** Evidence measured longer ago decides nothing. */
  readonly maxEvidenceAgeSeconds: number | undefined;
  /** How long a release must have run; not demanded when the pack does not say. */
  readonly minSoakSeconds: number | undefined;
  /** Fields that are there and no number above or at 0: what was meant cannot be known. */
  readonly invalid: readonly string[];
}

const FIELDS = ["max_evidence_age_seconds", "min_soak_seconds"] as const;

/** Reads the limits from a pack's merged data. */
export function readReadinessLimits(data: JsonValue): ReadinessLimits {
  const said = memberOf(memberOf(data, "config"), "readiness");
  const [age, soak] = FIELDS.map((field) => memberOf(said, field));
  const invalid = FIELDS.filter((field) => {
    const value = memberOf(said, field);
    return value !== undefined && !isSeconds(value);
  });
  return {
    maxEvidenceAgeSeconds: isSeconds(age) ? age : undefined,
    minSoakSeconds: isSeconds(soak) ? soak : undefined,
    invalid,
  };
}

function isSeconds(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** An own member of a JSON object; undefined for everything else. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  const object: JsonObject | undefined = isJsonObject(value) ? value : undefined;
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}
