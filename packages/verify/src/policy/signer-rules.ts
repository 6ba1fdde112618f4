import { TrustError } from "@policy-pack/pack";
import type { SigstoreBundle } from "../bundle/bundle.ts";
import { parsePublicKey } from "../keys/public-key.ts";
import type { PublicKey } from "../keys/public-key.ts";
import type { SignerRule } from "./signer-rule.ts";
import type { VerificationPolicy } from "./verification-policy.ts";
import type { Signer } from "../verify-bundle.ts";

/**
 * Compares a proven signer with those of the policy: identity and issuer together, character by character, or the key.
 * Returns the first rule that is met.
 * @throws TrustError IDENTITY_MISMATCH, KEY_MISMATCH
 */
export function checkSigner(signer: Signer, policy: VerificationPolicy): SignerRule {
  const rule = signersOf(policy).find((candidate) => isSigner(signer, candidate));
  if (rule !== undefined) return rule;
  if (signer.kind === "key") throw keyMismatch(`The key ${signer.keyHint} is not among the policy's signers.`);
  const isKeyOnly = signersOf(policy).every((candidate) => "publicKey" in candidate);
  const who = `"${signer.identity}" (issuer "${signer.issuer}")`;
  if (isKeyOnly) throw keyMismatch(`The bundle is signed by ${who} with a certificate; the policy accepts keys only.`);
  throw new TrustError(
    "IDENTITY_MISMATCH",
    `The bundle is signed by ${who}, which is not among the policy's signers. Use the pack of the right publisher.`,
  );
}

function isSigner(signer: Signer, rule: SignerRule): boolean {
  if (signer.kind === "key") return "publicKey" in rule && parsePublicKey(rule.publicKey).hint === signer.keyHint;
  if ("publicKey" in rule) return false;
  if (!("certificateIdentity" in rule) || !("certificateOidcIssuer" in rule)) return false;
  return signer.identity === rule.certificateIdentity && signer.issuer === rule.certificateOidcIssuer;
}

function signersOf({ signers }: VerificationPolicy): readonly SignerRule[] {
  return signers ?? [];
}

/**
 * The policy's keys that may have made a bundle: those that it names, or all of them when it names none. For a bundle with
 * a certificate there are none to try.
 * @throws TrustError KEY_MISMATCH when the bundle is signed with a key that the policy does not list
 */
export function candidateKeys({ material }: SigstoreBundle, policy: VerificationPolicy): readonly PublicKey[] {
  if (material.kind === "certificate") return [];
  const keys = signersOf(policy).flatMap((rule) => ("publicKey" in rule ? [parsePublicKey(rule.publicKey)] : []));
  const candidates = keys.filter((key) => material.hint === "" || material.hint === key.hint);
  if (candidates.length > 0) return candidates;
  throw keyMismatch("The bundle is signed with a key that is not among the policy's signers.");
}

function keyMismatch(message: string): TrustError {
  return new TrustError("KEY_MISMATCH", `${message} Use the key or the identity that the pack's publisher names.`);
}
