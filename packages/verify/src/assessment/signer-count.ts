import type { Quorum } from "../policy/compiled-policy.ts";
import { groupByTags } from "../proof/distinct.ts";
import type { Proof } from "../proof/prove-bundle.ts";
import type { Acceptance, BundleAssessment } from "./bundle-assessment.ts";

/** A signer that counts, and the bundle by which. */
export interface CountedSigner {
  readonly signer: string;
  readonly bundle: number;
}

/** Which rules of a list the bundles meet. */
export function acceptancesOf(assessments: readonly BundleAssessment[], quorum: Quorum): readonly Acceptance[] {
  return assessments.flatMap(({ acceptances }) => acceptances.filter((acceptance) => acceptance.quorum === quorum));
}

/**
 * The most distinct signers that can be told apart: each a name of the policy together with a principal (an identity with
 * its issuer, or a key) that met the rule of that name. No name counts twice and no principal counts twice, whatever names
 * it meets; and one key is one principal, whether it signs bare or under several certificates.
 */
export function countSigners(acceptances: readonly Acceptance[]): readonly CountedSigner[] {
  const principals = groupByTags(acceptances.map(({ proof }) => tagsOf(proof)));
  const options = principals.map((members) => {
    const byName = new Map<string, number>();
    for (const acceptance of members.map((member) => acceptances[member])) {
      if (acceptance !== undefined && !byName.has(acceptance.matcher.label)) {
        byName.set(acceptance.matcher.label, acceptance.bundle);
      }
    }
    return byName;
  });
  return matchNames(options);
}

function tagsOf({ signer, publicKey }: Proof): readonly string[] {
  const key = `key ${publicKey.hint}`;
  return signer.kind === "key" ? [key] : [key, JSON.stringify([signer.identity, signer.issuer])];
}

/** A maximum matching of principals with names (augmenting paths), so that no order of bundles changes the count. */
function matchNames(options: readonly ReadonlyMap<string, number>[]): readonly CountedSigner[] {
  const holderOf = new Map<string, number>();
  const assign = (principal: number, tried: Set<string>): boolean => {
    for (const name of options[principal]?.keys() ?? []) {
      if (tried.has(name)) continue;
      tried.add(name);
      const holder = holderOf.get(name);
      if (holder === undefined || assign(holder, tried)) {
        holderOf.set(name, principal);
        return true;
      }
    }
    return false;
  };
  options.forEach((_, principal) => assign(principal, new Set()));
  return [...holderOf]
    .map(([signer, principal]) => ({ signer, bundle: options[principal]?.get(signer) ?? 0 }))
    .toSorted((one, other) => one.bundle - other.bundle);
}
