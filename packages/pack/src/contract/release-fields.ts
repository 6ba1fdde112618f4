import type { Digest } from "../digest.ts";
import { fail, readArray, readDigest, readSortedStrings } from "../fields.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { LIMITS } from "../limits.ts";

/** The steps of a pack's life, in the one direction in which they may be taken. */
export const LIFECYCLES = Object.freeze(["draft", "active", "deprecated", "retired"] as const);

export type Lifecycle = (typeof LIFECYCLES)[number];

/** What a manifest means that was written before lifecycles were recorded: its pack was in use. */
export const UNSTATED_LIFECYCLE: Lifecycle = "active";

/** The fields that only a release changes. */
export interface ReleaseFields {
  readonly revision: number;
  readonly previousDigest: Digest | null;
  /** Absent in manifests that were written before it was kept: `UNSTATED_LIFECYCLE`. */
  readonly lifecycle?: Lifecycle;
  /** Names of the emergency paths that the policy has, sorted; absent means none. */
  readonly emergencyFlags?: readonly string[];
}

/** The keys of `ReleaseFields`, as a manifest holds them. */
export const RELEASE_KEYS = Object.freeze(["revision", "previousDigest", "lifecycle", "emergencyFlags"] as const);

const EMERGENCY_FLAG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Whether the text names a step of a pack's life. */
export function isLifecycle(text: string): text is Lifecycle {
  return LIFECYCLES.some((lifecycle) => lifecycle === text);
}

/** Whether the text can name an emergency path: lower-case words joined by single hyphens, as `break-glass`. */
export function isEmergencyFlag(text: string): boolean {
  return text.length <= LIMITS.maxEmergencyFlagLength && EMERGENCY_FLAG.test(text);
}

/**
 * Reads them out of a manifest's body. Whether `previousDigest` names what it should is not checked: `compareContracts`
 * does that.
 * @throws FormatError MANIFEST_INVALID
 */
export function readReleaseFields(body: JsonObject): ReleaseFields {
  const { revision, previousDigest } = body;
  if (typeof revision !== "number" || !Number.isSafeInteger(revision) || revision < 1) {
    fail("revision", "a positive whole number");
  }
  return {
    revision,
    previousDigest: previousDigest === null ? null : readDigest(previousDigest, "previousDigest"),
    ...readLifecycle(body["lifecycle"]),
    ...readEmergencyFlags(body["emergencyFlags"]),
  };
}

function readLifecycle(value: JsonValue | undefined): Pick<ReleaseFields, "lifecycle"> {
  if (value === undefined) return {};
  return typeof value === "string" && isLifecycle(value)
    ? { lifecycle: value }
    : fail("lifecycle", `one of ${LIFECYCLES.join(", ")}`);
}

function readEmergencyFlags(value: JsonValue | undefined): Pick<ReleaseFields, "emergencyFlags"> {
  if (value === undefined) return {};
  const at = "emergencyFlags";
  if (readArray(value, at).length > LIMITS.maxEmergencyFlags) fail(at, `at most ${LIMITS.maxEmergencyFlags} names`);
  const emergencyFlags = readSortedStrings(value, at);
  const wrong = emergencyFlags.findIndex((flag) => !isEmergencyFlag(flag));
  return wrong === -1 ? { emergencyFlags } : fail(`${at}[${wrong}]`, "lower-case words joined by hyphens");
}
