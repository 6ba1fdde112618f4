import { ConfigError } from "../errors.ts";
import { packLocation } from "../layout.ts";
import { quotePath } from "../path.ts";
import { chainFindings, firstFindings } from "./chain.ts";
import type { PackContract } from "./contract.ts";
import { releaseCommand } from "./finding.ts";
import type { ContractFinding, ContractWords } from "./finding.ts";
import { LIFECYCLES } from "./release-fields.ts";
import { narrowingFindings } from "./narrowed.ts";

const MAX_NAMED_FILES = 10;

/**
 * What a change of a pack may not do: other bytes under the same revision, a chain that does not link, an entrypoint or
 * an input field gone without a new contract version, a lifecycle that goes back. Only what both contracts tell is
 * compared. Whether `next` is what its source gives, and who signed what, is for others to check.
 * @param base undefined for a pack that the base does not hold: it must be a first revision
 * @throws ConfigError CONFIG_INVALID for a base of another pack, or of a later contract version
 * @throws FormatError LIMIT_EXCEEDED for schemas whose references would be compared without end
 */
export function compareContracts(
  base: PackContract | undefined,
  next: PackContract,
  words: ContractWords = {},
): readonly ContractFinding[] {
  if (base === undefined) return firstFindings(next, words);
  if (isNewVersion(base, next)) return firstFindings(next, words);
  return [
    ...chainFindings(base, next, words),
    ...contentFindings(base, next, words),
    ...narrowingFindings(base, next),
    ...lifecycleFindings(base, next, words),
  ];
}

/** Whether the two are the same pack under another contract version. @throws ConfigError CONFIG_INVALID */
function isNewVersion(base: PackContract, next: PackContract): boolean {
  if (base.packId === next.packId) return false;
  const [was, is] = [packLocation(base.packId), packLocation(next.packId)];
  if (was.name === is.name && BigInt(was.version.slice(1)) < BigInt(is.version.slice(1))) return true;
  throw new ConfigError(
    "CONFIG_INVALID",
    `The base holds ${base.packId}, and the pack is ${next.packId}; name a base of the same pack.`,
  );
}

function contentFindings(base: PackContract, next: PackContract, words: ContractWords): ContractFinding[] {
  if (base.revision !== next.revision) return [];
  const release = `Run ${releaseCommand(words)}.`;
  if (base.digest === next.digest) {
    const stated = statedChanges(base, next);
    if (stated.length === 0) return [];
    const what = `${stated.join(" and ")} changed, and revision ${next.revision} did not`;
    return [{ code: "CONTRACT_UNRELEASED", what, mend: release }];
  }
  const change = `${changedFiles(base, next)}. The tar is ${next.digest}, and was ${base.digest}`;
  if (base.isPublished) {
    const what = `revision ${next.revision} was signed or published, and its bytes are others now. Changed: ${change}`;
    const mend = `Restore those files, or make the change the next revision: ${releaseCommand(words)}.`;
    return [{ code: "CONTRACT_ALTERED", what, mend }];
  }
  const what = `the content changed, and revision ${next.revision} did not. Changed: ${change}`;
  return [{ code: "CONTRACT_UNRELEASED", what, mend: release }];
}

/** Fields of the manifest that no byte of the tar tells. */
function statedChanges(base: PackContract, next: PackContract): readonly string[] {
  const flags = (it: PackContract): string | undefined => it.emergencyFlags?.join(" ");
  const [was, is] = [flags(base), flags(next)];
  return [
    ...(isOther(base.lifecycle, next.lifecycle) ? [`lifecycle (${base.lifecycle} to ${next.lifecycle})`] : []),
    ...(isOther(was, is) ? ["emergencyFlags"] : []),
  ];
}

function isOther<T>(base: T | undefined, next: T | undefined): boolean {
  return base !== undefined && next !== undefined && base !== next;
}

function changedFiles(base: PackContract, next: PackContract): string {
  const [was, is] = [base, next].map(({ files }) => new Map(files.map(({ path, digest }) => [path, digest])));
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])];
  const changed = names.filter((name) => was?.get(name) !== is?.get(name)).sort();
  const shown = changed.slice(0, MAX_NAMED_FILES).map(quotePath);
  const more = changed.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function lifecycleFindings(base: PackContract, next: PackContract, words: ContractWords): ContractFinding[] {
  if (base.lifecycle === undefined || next.lifecycle === undefined) return [];
  if (LIFECYCLES.indexOf(next.lifecycle) >= LIFECYCLES.indexOf(base.lifecycle)) return [];
  const what = `the lifecycle goes back from ${base.lifecycle} to ${next.lifecycle}`;
  const mend = `Restore manifest.json of the base, then run ${releaseCommand(words, `--lifecycle ${base.lifecycle}`)}.`;
  return [{ code: "LIFECYCLE_INVALID", what, mend }];
}
