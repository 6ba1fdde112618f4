import { isJsonObject, LIMITS, parseJson } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { parseBundle } from "@policy-pack/verify";
import { memberOf } from "../promotion/pack-config.ts";

/** What is judged, by the names that an approval may use. */
export interface ReleaseName {
  readonly service: string;
  readonly releaseId: string;
  readonly environment: string;
}

const NAMES = ["service", "releaseId", "environment"] as const;

/**
 * Whether an approval may count for the release: whatever of service, release and environment its predicate names must be
 * this one's, or the approval of a trial elsewhere could be sent along with any release of the same artifact. Nothing is
 * verified; what cannot be read is left to verification, which refuses it.
 */
export function isApprovalOf(bundle: string, release: ReleaseName): boolean {
  const predicate = predicateOf(bundle);
  return NAMES.every((name) => {
    const said = memberOf(predicate, name);
    return said === undefined || said === release[name];
  });
}

function predicateOf(bundle: string): JsonObject | undefined {
  try {
    const { content } = parseBundle(bundle);
    if (content.kind !== "envelope") return undefined;
    const options = { maxBytes: LIMITS.maxBundleBytes, code: "BUNDLE_INVALID", what: "The statement" } as const;
    const predicate = memberOf(parseJson(content.payload, options), "predicate");
    return isJsonObject(predicate) ? predicate : undefined;
  } catch {
    return undefined;
  }
}
