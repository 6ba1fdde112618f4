import { PREDICATE_TYPE_NAMES } from "@policy-pack/pack";

/** One thing that is proven, or is not, about a release. */
export interface Finding {
  readonly code: string;
  /** For people, on one line. */
  readonly message: string;
}

export type Verdict = "GO" | "NO_GO" | "GO_WITH_ACCEPTED_RISKS" | "INSUFFICIENT_PROOF";

/** How an attestation that the readiness policy demands stands. */
export type AttestationState =
  "proven" | "missing" | "other_target" | "other_environment" | "other_release" | "unproven";

/** One demand of the readiness policy, held against the bundles that the evidence links to. */
export interface AttestationFact {
  /** Names the demand in codes: a type's short name or its URI, with `#2` for a second demand of the same type. */
  readonly name: string;
  readonly predicateType: string;
  readonly state: AttestationState;
  /** Who made it, or why it is not proven. */
  readonly message: string;
}

/** The shortest name that means the type and nothing else. */
export function shortTypeName(predicateType: string): string {
  const names = [...PREDICATE_TYPE_NAMES].filter(([, type]) => type === predicateType).map(([name]) => name);
  return names.at(0) ?? predicateType;
}
