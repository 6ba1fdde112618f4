import { resolve } from "node:path";
import type { Rebuilt } from "@policy-pack/build";
import {
  buildCommand,
  COMPANIONS,
  compareContracts,
  ConfigError,
  encodeManifest,
  LIMITS,
  parseManifest,
  readInputSchemas,
  shellWord,
  toContract,
} from "@policy-pack/pack";
import type { ContractFinding, ContractWords, PackManifest } from "@policy-pack/pack";
import { rebuildFolder } from "../attestations/rebuilding.ts";
import { readStoredFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { readBase } from "./base.ts";
import type { BaseFlags, NamedBase } from "./base.ts";
import { bundleFindings } from "./bundle-findings.ts";
import { readCommittedBundles } from "./committed-bundles.ts";

export interface CheckFlags extends BaseFlags {
  readonly packId?: string;
}

export interface ContractCheck {
  /** As the source gives it, whatever `manifest.json` says. */
  readonly manifest: PackManifest;
  /** Undefined when none was named. */
  readonly base: NamedBase | undefined;
  /** Paths of the committed bundles, in the pack's folder. */
  readonly bundles: readonly string[];
  /** In the order of the checks; empty when nothing is wrong. */
  readonly findings: readonly ContractFinding[];
}

/**
 * Builds a pack's source in memory and holds it against its base, its own manifest and the bundles that are committed with
 * it. Nothing is written.
 * @throws what building, reading the base and reading the trust flags throw
 */
export async function checkContract(terminal: Terminal, dir: string, flags: CheckFlags): Promise<ContractCheck> {
  const sourceDir = resolve(terminal.cwd, dir);
  const words = { packDir: dir, ...(flags.base === undefined ? {} : { base: flags.base }) };
  const { checkGitPlace } = await import("@policy-pack/build");
  await checkGitPlace({ dir: sourceDir, env: terminal.env }, terminal.cwd);
  // Before anything is built: a base that is none is told at once.
  const base = flags.base === undefined ? undefined : await readBase(terminal, sourceDir, flags.base, flags);
  checkUse(flags);
  const { pack, files } = await rebuildFolder(terminal, sourceDir, flags);
  const { manifest, digest, tar } = pack;
  const next = toContract(manifest, { inputs: readInputSchemas(files), isPublished: false });
  const compared = base === undefined ? ownChain(next, words) : compareContracts(base.contract, next, words);
  const bundles = await readCommittedBundles({ dir: sourceDir, env: terminal.env });
  const { previousDigest } = manifest;
  const findings = [
    ...compared,
    ...(await manifestFindings(sourceDir, pack, words)),
    ...(await bundleFindings(terminal, bundles, { tar, digest, previousDigest }, flags)),
  ];
  return { manifest, base, bundles: bundles.map(({ path }) => path), findings };
}

/** A pack held against itself: all that is compared is alike, and what is left is the form of its chain. */
function ownChain(next: ReturnType<typeof toContract>, words: ContractWords): readonly ContractFinding[] {
  return compareContracts(next, next, words);
}

function checkUse({ base, bundle, unsafeUnverified }: CheckFlags): void {
  if (base !== undefined || (bundle === undefined && unsafeUnverified === undefined)) return;
  throw new ConfigError("CONFIG_INVALID", "--bundle and --unsafe-unverified are about the base; name it with --base.");
}

/** Whether `manifest.json` is what a build of this source writes. Which policy-pack wrote it does not matter. */
async function manifestFindings(
  sourceDir: string,
  { manifest }: Rebuilt["pack"],
  words: ContractWords,
): Promise<readonly ContractFinding[]> {
  const { maxManifestBytes: maxBytes } = LIMITS;
  const path = resolve(sourceDir, COMPANIONS.manifest);
  const bytes = await readStoredFile(path, { what: "The manifest", maxBytes });
  const stated = bytes === undefined ? undefined : parseBuilt(bytes);
  const { toolkit } = manifest;
  const alike = stated === undefined ? undefined : { ...stated, ...(toolkit === undefined ? {} : { toolkit }) };
  if (alike !== undefined && Buffer.compare(encodeManifest(alike), encodeManifest(manifest)) === 0) return [];
  const what =
    stated === undefined ? "manifest.json records no build" : "manifest.json does not state what the source gives";
  const mend = `Run ${buildCommand(words)} and commit ${shellWord(`${words.packDir ?? "."}/${COMPANIONS.manifest}`)}.`;
  return [{ code: "MANIFEST_OUTDATED", what, mend }];
}

/** That it is well formed was seen when it was built from. */
function parseBuilt(bytes: Uint8Array): PackManifest | undefined {
  try {
    return parseManifest(bytes);
  } catch {
    return undefined;
  }
}
