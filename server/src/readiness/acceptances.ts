import { PolicyPackError, PREDICATE_TYPES } from "@policy-pack/pack";
import { verifyArtifact } from "@policy-pack/verify";
import type { VerifiedArtifact } from "@policy-pack/verify";
import type { EvidenceLink } from "../evidence/evidence.ts";
import { memberOf } from "../promotion/pack-config.ts";
import { formatReason, oneLine, toFailure } from "../promotion/reason.ts";
import { bundlesOf } from "./attestations.ts";
import type { AttestationDemand, AttestationTrust } from "./attestations.ts";
import { parseRiskAcceptance } from "./risk-acceptance.ts";
import type { AcceptanceFact } from "./risk-acceptance.ts";

/** Each costs several signature checks. */
const MAX_ACCEPTANCES = 32;

/**
 * Reads every acceptance of risks that the links bring, and proves each on its own: one that is forged or about another
 * artifact takes nothing from the others. Bundles of the same statement belong together, since a rule may want several
 * signers of one acceptance.
 * @param demands the readiness policy's rules for acceptances; none means that nobody may accept anything
 */
export function readAcceptances(
  demands: readonly AttestationDemand[],
  links: readonly EvidenceLink[],
  trust: AttestationTrust,
): readonly AcceptanceFact[] {
  const given = links.filter(({ predicateType }) => predicateType === PREDICATE_TYPES.riskAcceptance);
  return groupByPayload(given.slice(0, MAX_ACCEPTANCES)).map((bundles) => {
    if (demands.length === 0) return { problem: "the readiness policy names nobody who may accept risks" };
    let problem = "nothing proves it";
    for (const demand of demands) {
      const fact = readAcceptance(demand, bundles, trust);
      if (!("problem" in fact)) return fact;
      ({ problem } = fact);
    }
    return { problem };
  });
}

function readAcceptance(
  { name, policy }: AttestationDemand,
  bundle: readonly string[],
  { target, trustedRoot, now, acceptances }: AttestationTrust,
): AcceptanceFact {
  if (target === undefined) return { problem: "no evidence names the artifact that it should be about" };
  const find = (): AcceptanceFact => {
    try {
      return toFact(verifyArtifact({ artifact: { digest: target }, bundle, trustedRoot, policy, now }));
    } catch (thrown) {
      if (!(thrown instanceof PolicyPackError)) throw thrown;
      return { problem: formatReason(toFailure(thrown)) };
    }
  };
  return acceptances === undefined ? find() : acceptances.recall([name, target, ...bundle], now, find);
}

function toFact({ attestations, report }: VerifiedArtifact): AcceptanceFact {
  const predicate = attestations.at(0)?.statement?.predicate;
  const acceptance = predicate === undefined ? undefined : parseRiskAcceptance(predicate);
  if (acceptance === undefined) {
    return {
      problem: "its predicate is not exactly {service, releaseId, environment, risks: [{code, reason, until}]}",
    };
  }
  const signers = report.rules.flatMap(({ metBy }) => metBy.map(({ signer }) => signer));
  return { acceptance, acceptedBy: oneLine([...new Set(signers)].join(", ")) };
}

function groupByPayload(links: readonly EvidenceLink[]): readonly (readonly string[])[] {
  const groups = new Map<string, EvidenceLink[]>();
  for (const link of links) {
    const payload = memberOf(memberOf(link.bundle, "dsseEnvelope"), "payload");
    const key = typeof payload === "string" ? payload : "";
    groups.set(key, [...(groups.get(key) ?? []), link]);
  }
  return [...groups.values()].map(bundlesOf).filter((bundles) => bundles.length > 0);
}
