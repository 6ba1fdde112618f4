import { ConfigError } from "./errors.ts";

/**
 * The predicate types that policy-pack writes and demands by itself: SLSA provenance v1, in-toto's test-result and
 * release v0.1, SLSA's verification summary v1, CycloneDX, and those of its own.
 */
export const PREDICATE_TYPES = Object.freeze({
  slsaProvenance: "https://slsa.dev/provenance/v1",
  testResult: "https://in-toto.io/attestation/test-result/v0.1",
  release: "https://in-toto.io/attestation/release/v0.1",
  vsa: "https://slsa.dev/verification_summary/v1",
  cyclonedx: "https://cyclonedx.org/bom",
  denylist: "urn:policy-pack:denylist:v1",
  pause: "urn:policy-pack:pause:v1",
  decisionDiff: "urn:policy-pack:decision-diff:v1",
  migrationNote: "urn:policy-pack:migration-note:v1",
  riskAcceptance: "urn:policy-pack:risk-acceptance:v1",
  approval: "urn:policy-pack:approval:v1",
} as const);

/** What `--type` may say for short: cosign's names with cosign's meaning, and policy-pack's own. */
export const PREDICATE_TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ["slsaprovenance", "https://slsa.dev/provenance/v0.2"],
  ["slsaprovenance02", "https://slsa.dev/provenance/v0.2"],
  ["slsaprovenance1", PREDICATE_TYPES.slsaProvenance],
  ["link", "https://in-toto.io/Link/v1"],
  ["spdx", "https://spdx.dev/Document"],
  ["spdxjson", "https://spdx.dev/Document"],
  ["cyclonedx", PREDICATE_TYPES.cyclonedx],
  ["vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"],
  ["openvex", "https://openvex.dev/ns"],
  ["custom", "https://cosign.sigstore.dev/attestation/v1"],
  ["test-result", PREDICATE_TYPES.testResult],
  ["release", PREDICATE_TYPES.release],
  ["vsa", PREDICATE_TYPES.vsa],
  ["denylist", PREDICATE_TYPES.denylist],
  ["pause", PREDICATE_TYPES.pause],
  ["decision-diff", PREDICATE_TYPES.decisionDiff],
  ["migration-note", PREDICATE_TYPES.migrationNote],
  ["risk-acceptance", PREDICATE_TYPES.riskAcceptance],
  ["approval", PREDICATE_TYPES.approval],
]);

const MAX_TYPE = 500;
/** scheme ":" and visible ASCII (RFC 3986, 4.3); a type is compared whole, so one that cannot be read aloud is refused. */
const ABSOLUTE_URI = /^[a-zA-Z][a-zA-Z0-9+.-]*:[!-~]+$/;

/** Whether the text is an absolute URI, as an in-toto statement's `predicateType` must be. That anyone knows it is not checked. */
export function isPredicateType(text: string): boolean {
  return text.length <= MAX_TYPE && ABSOLUTE_URI.test(text);
}

/**
 * The predicate type that a short name or a URI means; a URI is taken as it stands.
 * @throws ConfigError CONFIG_INVALID for a name that is not in the list and no absolute URI
 */
export function toPredicateType(name: string): string {
  const known = PREDICATE_TYPE_NAMES.get(name);
  if (known !== undefined) return known;
  if (isPredicateType(name)) return name;
  throw new ConfigError(
    "CONFIG_INVALID",
    `${JSON.stringify(name.slice(0, 100))} is no predicate type; write an absolute URI or one of ${[...PREDICATE_TYPE_NAMES.keys()].join(", ")}.`,
  );
}
