import type { PackContract } from "./contract.ts";
import { releaseCommand } from "./finding.ts";
import type { ContractFinding, ContractWords } from "./finding.ts";

/**
 * Whether a pack without an earlier revision is a first one, and one with a later number names another: `revision` is 1
 * exactly where `previousDigest` is null.
 */
export function chainFormFindings({ revision, previousDigest }: PackContract, words: ContractWords): ContractFinding[] {
  if ((revision === 1) === (previousDigest === null)) return [];
  const what =
    revision === 1
      ? `revision 1 is the first, yet it names ${String(previousDigest)} before it`
      : `revision ${revision} names no revision before it`;
  return [broken(what, words)];
}

/** Whether a pack that is in no base starts a chain. */
export function firstFindings(next: PackContract, words: ContractWords): ContractFinding[] {
  if (next.revision === 1) return chainFormFindings(next, words);
  const what = `${next.packId} is not in the base, yet it has revision ${next.revision}`;
  const mend = "Name a base that holds the revision before, or start at revision 1 with previousDigest null.";
  return [{ code: "CHAIN_BROKEN", what, mend }];
}

/** Whether a revision is the base's own, or the one right after it that names the base's digest. */
export function chainFindings(base: PackContract, next: PackContract, words: ContractWords): ContractFinding[] {
  const form = chainFormFindings(next, words);
  if (form.length > 0) return form;
  if (next.revision < base.revision) {
    return [broken(`revision ${next.revision} is older than the base's revision ${base.revision}`, words)];
  }
  if (next.revision > base.revision + 1) {
    const what = `revision ${next.revision} skips the one after the base's revision ${base.revision}`;
    return [broken(what, words)];
  }
  const isNew = next.revision > base.revision;
  const expected = isNew ? base.digest : base.previousDigest;
  if (next.previousDigest === expected) return [];
  const whose = isNew ? "the base's digest" : "what the base says of the same revision";
  const shown = [next.previousDigest, expected].map((digest) => digest ?? "null");
  return [broken(`previousDigest of revision ${next.revision} is ${shown[0]}, not ${whose} ${shown[1]}`, words)];
}

function broken(what: string, words: ContractWords): ContractFinding {
  const mend = `Restore manifest.json and CHANGELOG.md of the base, then run ${releaseCommand(words)}.`;
  return { code: "CHAIN_BROKEN", what, mend };
}
