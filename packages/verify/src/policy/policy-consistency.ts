import { malformed, MalformedError } from "../encoding/malformed.ts";
import { countAuthorities, countLogs } from "../proof/witnesses.ts";
import type { CompiledPolicy, Quorum } from "./compiled-policy.ts";
import { quorumsOf } from "./compiled-policy.ts";
import { ruleListsOf } from "./rule-lists.ts";
import type { SignerMatcher } from "./signer-matcher.ts";
import type { SignerRule } from "./signer-rule.ts";
import type { VerificationPolicy } from "./verification-policy.ts";

/**
 * Refuses a policy that demands nothing, or what nothing can ever satisfy, or that says one thing in two ways. Throws
 * MalformedError.
 */
export function checkConsistency(compiled: CompiledPolicy): void {
  const { policy } = compiled;
  checkDemands(policy);
  quorumsOf(compiled).forEach(checkQuorum);
  for (const [place, rules] of ruleListsOf(policy)) {
    checkPrincipals(place, rules);
    rules.forEach((rule, index) => {
      checkWindow(`${place}[${index}]`, rule, policy.oldestSigningTime);
    });
  }
  checkRootNames(compiled);
  checkWitnesses(compiled);
}

function checkDemands(policy: VerificationPolicy): void {
  const { signers, threshold, attestations, acceptStatements } = policy;
  if (signers === undefined && attestations === undefined) malformed("names no signer, and so would accept anyone");
  if (signers !== undefined) return;
  if (threshold !== undefined) refuse("threshold", "counts signers, and none is named");
  if (acceptStatements !== undefined) refuse("acceptStatements", "is about signers, and none is named");
  if (attestations?.some((rule) => rule.signers === undefined) === true) {
    malformed("demands an attestation and names nobody who may make it");
  }
}

/** An unnamed rule may be the same signer as the next; only names say who is someone else. */
function checkQuorum({ place, signers, threshold }: Quorum): void {
  const names = new Set(signers.map(({ label }) => label));
  if (threshold > 1 && !signers.every(({ isNamed }) => isNamed)) {
    refuse(place, `wants ${threshold} distinct signers and does not name each of them; give each rule a name`);
  }
  if (threshold > names.size) refuse(place, `wants ${threshold} distinct signers and names ${names.size}`);
}

/** One identity or key under two names would be counted as two people by whoever reads the policy. */
function checkPrincipals(place: string, rules: readonly SignerRule[]): void {
  const names = new Map<string, string>();
  for (const rule of rules) {
    const principal = principalOf(rule);
    if (principal === undefined || rule.name === undefined) continue;
    const known = names.get(principal);
    if (known !== undefined && known !== rule.name) {
      refuse(place, `names one signer twice, as "${known}" and as "${rule.name}"`);
    }
    names.set(principal, rule.name);
  }
}

function principalOf(rule: SignerRule): string | undefined {
  if ("publicKey" in rule) return `key ${rule.publicKey.replaceAll(/\s/g, "")}`;
  if (!("certificateIdentity" in rule) || !("certificateOidcIssuer" in rule)) return undefined;
  return JSON.stringify([rule.certificateIdentity, rule.certificateOidcIssuer]);
}

function checkWindow(place: string, { notBefore, notAfter }: SignerRule, oldest: string | undefined): void {
  const end = notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter);
  if (notBefore !== undefined && Date.parse(notBefore) > end) refuse(place, `ends before it begins`);
  if (oldest !== undefined && Date.parse(oldest) > end) refuse(place, `ends before oldestSigningTime`);
}

/** An identity of one instance is not that of another: with several roots each signer says which one vouches. */
function checkRootNames(compiled: CompiledPolicy): void {
  const roots = compiled.trustedRoots;
  const check = ({ label, trustedRoot }: SignerMatcher): void => {
    if (trustedRoot === undefined) {
      if (roots !== undefined && roots.size > 1) malformed(`does not say which trusted root vouches for "${label}"`);
    } else if (roots?.has(trustedRoot) !== true) {
      malformed(`has no trusted root "${trustedRoot}" for "${label}"`);
    }
  };
  quorumsOf(compiled).forEach(({ signers }) => {
    signers.forEach(check);
  });
}

/** @param place as "attestations[0].signers" */
function refuse(place: string, message: string): never {
  const path = place.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  throw new MalformedError(`at .${place} ${message}`, { path });
}

/** A trusted root with one log can never prove two. */
function checkWitnesses({ policy, trustedRoots }: CompiledPolicy): void {
  const { minimumLogEntries = 0, minimumTimestamps = 0 } = policy;
  for (const [name, { logs, timestampAuthorities }] of trustedRoots ?? []) {
    if (countLogs(logs) < minimumLogEntries) malformed(`wants more distinct logs than the trusted root "${name}" has`);
    if (countAuthorities(timestampAuthorities) < minimumTimestamps) {
      malformed(`wants more distinct timestamp authorities than the trusted root "${name}" has`);
    }
  }
}
