import { isPredicateType, PREDICATE_TYPES } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { Statement } from "../bundle/statement.ts";
import { array, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { checkConstraintsAgree, constraint, unmetByPredicate } from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { decisionDiffRequirement, unmetByDecisionDiff, unmetByDirection } from "./decision-diff.ts";
import type { DecisionDiffRequirement } from "./decision-diff.ts";
import { nonEmpty, positive, withoutNull } from "./exact-fields.ts";
import { provenanceRequirement, unmetByProvenance } from "./provenance.ts";
import type { ProvenanceRequirement } from "./provenance.ts";
import type { SignerRule } from "./signer-rule.ts";

/** An attestation that the policy demands about the artifact. */
export interface AttestationRule {
  /** Compared whole, as a URI in full. */
  readonly predicateType: string;
  /** Who may make it; the policy's signers unless said. */
  readonly signers?: readonly SignerRule[];
  /** How many distinct signers must have made one that satisfies the rule; 1 unless said. */
  readonly threshold?: number;
  /** All of them hold. */
  readonly constraints?: readonly Constraint[];
  /** Only for https://slsa.dev/provenance/v1. */
  readonly provenance?: ProvenanceRequirement;
  /** Only for urn:policy-pack:decision-diff:v1, of which even without it the artifact must be the new pack. */
  readonly decisionDiff?: DecisionDiffRequirement;
}

const predicateType: Field<string> = (value) => {
  const said = text(value);
  return isPredicateType(said) ? said : malformed("must be an absolute URI, as the statement writes it");
};

/**
 * Reads the rules of a policy with the field that reads its signers. Whether the threshold can be reached by the signers is
 * the policy's to check, since it knows the default ones.
 * @throws MalformedError for an unknown field, an empty list, constraints that exclude each other
 */
export function attestationRule(signerRule: Field<SignerRule>): Field<AttestationRule> {
  const fields = withoutNull(
    object({
      predicateType,
      signers: optional(nonEmpty(array(signerRule, VERIFY_LIMITS.maxSignerRules))),
      threshold: optional(positive),
      constraints: optional(nonEmpty(array(constraint, VERIFY_LIMITS.maxConstraints))),
      provenance: optional(provenanceRequirement),
      decisionDiff: optional(decisionDiffRequirement),
    }),
  );
  return (value) => {
    const { predicateType: type, signers, threshold, constraints, provenance, decisionDiff } = fields(value);
    if (provenance !== undefined && type !== PREDICATE_TYPES.slsaProvenance) {
      malformed(`has a provenance requirement, which is for ${PREDICATE_TYPES.slsaProvenance} alone`);
    }
    if (decisionDiff !== undefined && type !== PREDICATE_TYPES.decisionDiff) {
      malformed(`has a decision diff requirement, which is for ${PREDICATE_TYPES.decisionDiff} alone`);
    }
    checkConstraintsAgree(constraints ?? []);
    return {
      predicateType: type,
      ...(signers === undefined ? {} : { signers }),
      ...(threshold === undefined ? {} : { threshold }),
      ...(constraints === undefined ? {} : { constraints }),
      ...(provenance === undefined ? {} : { provenance }),
      ...(decisionDiff === undefined ? {} : { decisionDiff }),
    };
  };
}

/**
 * What in the statement does not satisfy the rule; undefined when all of it does. Who signed the statement, and whether it
 * is about the artifact, is not looked at.
 * @param artifact whose attestation is demanded; only a decision diff is asked about it
 */
export function unmetConstraint(rule: AttestationRule, statement: Statement, artifact: Digest): string | undefined {
  const { predicateType, predicate } = statement;
  if (predicateType !== rule.predicateType) {
    return `the predicate type is ${JSON.stringify(predicateType.slice(0, 120))}; the policy demands ${rule.predicateType}`;
  }
  for (const candidate of rule.constraints ?? []) {
    const unmet = unmetByPredicate(candidate, predicate);
    if (unmet !== undefined) return unmet;
  }
  if (rule.provenance !== undefined) return unmetByProvenance(rule.provenance, predicate);
  if (rule.decisionDiff !== undefined) return unmetByDecisionDiff(rule.decisionDiff, predicate, artifact);
  return predicateType === PREDICATE_TYPES.decisionDiff ? unmetByDirection(predicate, artifact) : undefined;
}
