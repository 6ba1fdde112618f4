import { messageOf } from "@policy-pack/pack";
import { MalformedError } from "../encoding/malformed.ts";
import type { AttestationRule } from "./attestation-rules.ts";
import { parseTrustedRoot } from "../trusted-root.ts";
import type { TrustedRoot } from "../trusted-root.ts";
import { createSignerMatcher } from "./signer-matcher.ts";
import type { SignerMatcher } from "./signer-matcher.ts";
import type { SignerRule } from "./signer-rule.ts";
import type { TrustedRootDocument, VerificationPolicy } from "./verification-policy.ts";

/** A list of signers of whom so many distinct ones are demanded. */
export interface Quorum {
  /** Where it stands in the policy: "signers", "attestations[0]", "denylist". */
  readonly place: string;
  readonly signers: readonly SignerMatcher[];
  readonly threshold: number;
}

export interface AttestationQuorum extends Quorum {
  readonly rule: AttestationRule;
}

/** A policy with its keys, patterns and trusted roots read once. */
export interface CompiledPolicy {
  readonly policy: VerificationPolicy;
  readonly signers: Quorum | undefined;
  readonly attestations: readonly AttestationQuorum[];
  readonly denylist: Quorum | undefined;
  readonly pause: Quorum | undefined;
  readonly trustedRoots: ReadonlyMap<string, TrustedRoot> | undefined;
  /** Milliseconds since 1970. */
  readonly oldestSigningTime: number | undefined;
}

/** Throws MalformedError. */
export function compilePolicy(policy: VerificationPolicy): CompiledPolicy {
  const { signers, attestations = [], denylist, pause, trustedRoots, oldestSigningTime } = policy;
  const quorum = (place: string, rules: readonly SignerRule[], threshold = 1): Quorum => ({
    place,
    signers: rules.map((rule, index) => createSignerMatcher(rule, `${place}[${index}]`)),
    threshold,
  });
  return {
    policy,
    signers: signers === undefined ? undefined : quorum("signers", signers, policy.threshold),
    attestations: attestations.map((rule, index) => ({
      ...quorum(`attestations[${index}]`, rule.signers ?? signers ?? [], rule.threshold),
      rule,
    })),
    denylist: denylist === undefined ? undefined : quorum("denylist", denylist.signers, denylist.threshold),
    pause: pause === undefined ? undefined : quorum("pause", pause.signers, pause.threshold),
    trustedRoots:
      trustedRoots === undefined
        ? undefined
        : new Map(Object.entries(trustedRoots).map(([name, root]) => [name, compileRoot(name, root)])),
    oldestSigningTime: oldestSigningTime === undefined ? undefined : Date.parse(oldestSigningTime),
  };
}

function compileRoot(name: string, root: TrustedRootDocument): TrustedRoot {
  try {
    return parseTrustedRoot(JSON.stringify(root));
  } catch (cause) {
    throw new MalformedError(`.trustedRoots.${name}: ${messageOf(cause)}`, { cause, path: ["trustedRoots", name] });
  }
}

/** Every list of signers that the policy names. */
export function quorumsOf({ signers, attestations, denylist, pause }: CompiledPolicy): readonly Quorum[] {
  return [signers, ...attestations, denylist, pause].filter((quorum) => quorum !== undefined);
}
