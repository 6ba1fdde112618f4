import { FormatError, PREDICATE_TYPES, TrustError } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";

/**
 * An acceptance of risks that no server would count is not signed; predicates of other types are not looked at. Whether
 * its signer may accept anything is each server's to judge.
 * @throws FormatError INPUT_INVALID; TrustError METADATA_EXPIRED for a risk whose time is over
 */
export async function checkRiskAcceptance(predicateType: string, predicate: JsonObject): Promise<void> {
  if (predicateType !== PREDICATE_TYPES.riskAcceptance) return;
  const { parseRiskAcceptance } = await import("@policy-pack/server");
  const acceptance = parseRiskAcceptance(predicate);
  if (acceptance === undefined) {
    throw new FormatError(
      "INPUT_INVALID",
      "An acceptance of risks is exactly {service, releaseId, environment, risks: [{code, reason, until}]}, with until " +
        "as in 2026-06-02T00:00:00Z; see docs/readiness.md.",
    );
  }
  const ended = acceptance.risks.find(({ until }) => !(Date.parse(until) > Date.now()));
  if (ended === undefined) return;
  const message = `The acceptance of ${ended.code} ended at ${ended.until}; set a later "until" in what you sign.`;
  throw new TrustError("METADATA_EXPIRED", message);
}
