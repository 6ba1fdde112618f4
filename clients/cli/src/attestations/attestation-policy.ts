import { ConfigError, PREDICATE_TYPES } from "@policy-pack/pack";
import type { AttestationRule, ProvenanceRequirement, VerificationPolicy } from "@policy-pack/verify";

/** What must have been stated. */
export interface WantedAttestation {
  readonly predicateType: string;
  /** Only of SLSA provenance v1. */
  readonly provenance?: ProvenanceRequirement;
}

/** What is about the artifact's own signature, or about packs. */
const REPLACED: readonly string[] = [
  "signers",
  "threshold",
  "acceptStatements",
  "minimumRevision",
  "packId",
] satisfies readonly (keyof VerificationPolicy)[];

/**
 * The policy by which a file must have an attestation of one type: the policy's own rules for that type, or else one that
 * takes it from the policy's signers; what is wanted of its provenance besides. What the policy demands of the artifact's
 * signature, of other types, and of packs (packId, minimumRevision) is left out; all else, such as a denylist, stays.
 * @throws ConfigError CONFIG_INVALID when nobody is named who may state it, or provenance is wanted of another type
 */
export function toAttestationPolicy(
  policy: VerificationPolicy,
  { predicateType, provenance }: WantedAttestation,
): VerificationPolicy {
  const { signers, attestations = [] } = policy;
  if (provenance !== undefined && predicateType !== PREDICATE_TYPES.slsaProvenance) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--source-repository, --source-ref, --builder-id and --workflow are for --type slsaprovenance1 alone.",
    );
  }
  const wanted: AttestationRule = { predicateType, ...(provenance === undefined ? {} : { provenance }) };
  const ofType = attestations.filter((rule) => rule.predicateType === predicateType);
  const rules = provenance === undefined && ofType.length > 0 ? ofType : [...ofType, wanted];
  if (signers === undefined && rules.some((rule) => rule.signers === undefined)) {
    const message = `The policy names nobody who may state ${predicateType}; give it signers, or a rule for that type.`;
    throw new ConfigError("CONFIG_INVALID", message);
  }
  const others = Object.entries(policy).filter(([name]) => !REPLACED.includes(name));
  return {
    ...Object.fromEntries(others),
    attestations: rules.map((rule) => (signers === undefined ? rule : { signers, ...rule })),
  };
}
