import type { Digest, ErrorCode } from "@policy-pack/pack";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { assessArtifact, parseVerificationPolicy } from "@policy-pack/verify";
import type { AttestationRule, TrustedRoot, VerificationPolicy, VerificationReport } from "@policy-pack/verify";
import type { EvidenceLink } from "../evidence/evidence.ts";
import { oneLine } from "../promotion/reason.ts";
import { isApprovalOf } from "./approval-scope.ts";
import type { ReleaseName } from "./approval-scope.ts";
import type { AssessmentMemory } from "./assessment-memory.ts";
import { shortTypeName } from "./finding.ts";
import type { AttestationFact } from "./finding.ts";
import type { AcceptanceFact } from "./risk-acceptance.ts";

/** One demand of the readiness policy as a policy of its own. */
export interface AttestationDemand {
  readonly name: string;
  readonly predicateType: string;
  readonly policy: VerificationPolicy;
}

/** What the bundles are judged against. */
export interface AttestationTrust {
  readonly trustedRoot: TrustedRoot | undefined;
  /** The artifact that the release runs; undefined when no evidence names one. */
  readonly target: Digest | undefined;
  readonly now: Date;
  /** What an approval must be of, as far as it says. */
  readonly release: ReleaseName;
  /** Spares proving the same again at once. */
  readonly states?: AssessmentMemory<State>;
  readonly acceptances?: AssessmentMemory<AcceptanceFact>;
}

/** Each proven bundle costs several signature checks; the newest come first. */
const MAX_BUNDLES = 32;

/** What a policy demands of an artifact itself, or of a pack; the demands of attestations do not share it. */
const OF_THE_WHOLE: ReadonlySet<string> = new Set([
  "signers",
  "threshold",
  "acceptStatements",
  "attestations",
  "packId",
  "minimumRevision",
] satisfies (keyof VerificationPolicy)[]);

/**
 * Splits a readiness policy into its demands, so that each is judged whatever becomes of the others. What else the policy
 * says (trusted roots, witnesses, lists) holds for each of them; `signers` is who attests unless a rule says otherwise.
 * @throws ConfigError CONFIG_INVALID
 */
export function toDemands(policy: VerificationPolicy): readonly AttestationDemand[] {
  const { signers, attestations = [] } = policy;
  const shared = Object.fromEntries(Object.entries(policy).filter(([name]) => !OF_THE_WHOLE.has(name)));
  const counts = new Map<string, number>();
  return attestations.map((rule) => {
    const { predicateType } = rule;
    const count = (counts.get(predicateType) ?? 0) + 1;
    counts.set(predicateType, count);
    const whole: AttestationRule = signers === undefined ? rule : { signers, ...rule };
    const name = `${shortTypeName(predicateType)}${count === 1 ? "" : `#${count}`}`;
    return { name, predicateType, policy: parseVerificationPolicy({ ...shared, attestations: [whole] }) };
  });
}

/** Whether the demand is for an acceptance of risks, which nobody has to bring. */
export function isAcceptance({ predicateType }: AttestationDemand): boolean {
  return predicateType === PREDICATE_TYPES.riskAcceptance;
}

/**
 * Holds one demand against the links of its type. Only a bundle proves anything: a URL is a claim, and what else the
 * writer of the evidence says is not looked at.
 * @param elsewhere environments whose evidence links to such an attestation
 */
export function assessDemand(
  demand: AttestationDemand,
  links: readonly EvidenceLink[],
  elsewhere: readonly string[],
  trust: AttestationTrust,
): AttestationFact {
  const { name, predicateType } = demand;
  const own = links.filter((link) => link.predicateType === predicateType);
  const given = bundlesOf(own);
  if (given.length === 0) return { name, predicateType, ...absent(own, elsewhere) };
  if (trust.target === undefined) {
    const message = "there is a bundle, and no evidence names the artifact that it should be about";
    return { name, predicateType, state: "unproven", message };
  }
  const isApproval = predicateType === PREDICATE_TYPES.approval;
  const bundles = isApproval ? given.filter((bundle) => isApprovalOf(bundle, trust.release)) : given;
  if (bundles.length === 0) {
    const message = "every bundle names another service, release or environment";
    return { name, predicateType, state: "other_release", message };
  }
  return { name, predicateType, ...prove(demand, bundles, { ...trust, target: trust.target }) };
}

function prove(
  { name, policy }: AttestationDemand,
  bundle: readonly string[],
  { trustedRoot, target, now, states }: AttestationTrust & { readonly target: Digest },
): State {
  const find = (): State =>
    toState(assessArtifact({ artifact: { digest: target }, bundle, trustedRoot, policy, now }), target);
  return states === undefined ? find() : states.recall([name, target, ...bundle], now, find);
}

/** The bundles among the links, as JSON, the newest first and no more than are judged. */
export function bundlesOf(links: readonly EvidenceLink[]): readonly string[] {
  const bundles = links.flatMap(({ bundle }) => (bundle === undefined ? [] : [JSON.stringify(bundle)]));
  return [...new Set(bundles)].slice(0, MAX_BUNDLES);
}

export type State = Pick<AttestationFact, "state" | "message">;

function absent(own: readonly EvidenceLink[], elsewhere: readonly string[]): State {
  const url = own.find((link) => link.url !== undefined)?.url;
  if (url !== undefined) {
    return { state: "missing", message: `only its address is known, and an address proves nothing: ${oneLine(url)}` };
  }
  if (elsewhere.length === 0) return { state: "missing", message: "no evidence brings its bundle" };
  return { state: "other_environment", message: `only evidence from ${elsewhere.join(", ")} brings one` };
}

function toState({ verified, rules, bundles, failure }: VerificationReport, target: Digest): State {
  if (verified) {
    const signers = rules.flatMap(({ metBy }) => metBy.map(({ signer }) => signer));
    return { state: "proven", message: `made by ${oneLine([...new Set(signers)].join(", "))}` };
  }
  const mismatch: ErrorCode = "SUBJECT_MISMATCH";
  const isElsewhere = bundles.length > 0 && bundles.every(({ steps }) => steps.some(({ code }) => code === mismatch));
  if (isElsewhere) return { state: "other_target", message: `every bundle is about another artifact than ${target}` };
  const why = failure === undefined ? "it does not verify" : `${failure.code}: ${failure.message}`;
  return { state: "unproven", message: oneLine(why) };
}
