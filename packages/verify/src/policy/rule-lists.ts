import type { SignerRule } from "./signer-rule.ts";
import type { VerificationPolicy } from "./verification-policy.ts";

/** Every list of signers in a policy, with where it stands. */
export function ruleListsOf(policy: VerificationPolicy): readonly (readonly [string, readonly SignerRule[]])[] {
  const { signers = [], attestations = [], denylist, pause } = policy;
  return [
    ["signers", signers],
    ...attestations.map((rule, index) => [`attestations[${index}].signers`, rule.signers ?? []] as const),
    ["denylist.signers", denylist?.signers ?? []],
    ["pause.signers", pause?.signers ?? []],
  ];
}
