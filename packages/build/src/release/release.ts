import { lstat } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  COMPANIONS,
  compareContracts,
  ConfigError,
  encodeManifest,
  LIMITS,
  messageOf,
  packLocation,
  readInputSchemas,
  systemCodeOf,
  toContract,
  UNSTATED_LIFECYCLE,
} from "@policy-pack/pack";
import type { ContractWords, Digest, Lifecycle, PackContract, PackManifest, ReleaseFields } from "@policy-pack/pack";
import { assemblePack } from "../assemble.ts";
import type { AssembledPack } from "../assemble.ts";
import { packIdOfFolder, toTargets } from "../build.ts";
import type { BuildOptions } from "../build.ts";
import { BUILD_LIMITS } from "../limits.ts";
import { findOpa, openOpa } from "../opa-tool.ts";
import { readRegularFile } from "../source-file.ts";
import { PARITY_DEFAULTS } from "../parity/parity.ts";
import { readRecordedCases } from "../recorded-cases.ts";
import { readRelease, readSource, readStatedPrint } from "../source.ts";
import { createSteps } from "../steps.ts";
import type { StepTime } from "../steps.ts";
import { writePack } from "../write.ts";
import { addEntry, checkMessage } from "./changelog.ts";
import { digestUnder } from "./restated.ts";

export interface ReleaseOptions extends BuildOptions {
  /** The revision that is released now: the new one follows it. Undefined when there is none. */
  readonly base: PackContract | undefined;
  /** What changed, for the changelog. */
  readonly message: string;
  /** Of the release. */
  readonly date: Date;
  /** What the manifest states, unless said. */
  readonly lifecycle?: Lifecycle;
  /** All of them, in any order; what the manifest states, unless said. */
  readonly emergencyFlags?: readonly string[];
  /** How messages write the commands that mend. */
  readonly words?: ContractWords;
}

export interface ReleaseResult {
  readonly packId: string;
  readonly revision: number;
  readonly digest: Digest;
  readonly previousDigest: Digest;
  readonly manifest: PackManifest;
  /** Absolute paths of the files that have other bytes than before. */
  readonly changed: readonly string[];
  readonly timings: readonly StepTime[];
}

/**
 * Makes the next revision of a pack: builds the source under the next number with the released digest as the previous
 * one, and writes tar, stock OPA bundle, changelog and manifest, the manifest last. Nothing is written when the source
 * does not build, its tests fail, nothing changed or the change breaks the contract; when it is killed in the middle,
 * the manifest still states the old revision and the same release can be made again. It neither signs nor commits.
 * @throws ConfigError CONFIG_INVALID when there is nothing to release, or it was released already; the code of the first
 *   finding of `compareContracts`; what `buildPack` throws
 */
export async function releasePack(options: ReleaseOptions): Promise<ReleaseResult> {
  const { signal, base } = options;
  const message = checkMessage(options.message);
  const sourceDir = resolve(options.sourceDir);
  const packId = options.packId === undefined ? packIdOfFolder(sourceDir) : packLocation(options.packId).packId;
  const targets = toTargets(options, sourceDir, packId);
  const steps = createSteps(options.onProgress);
  const before = await readManifest(sourceDir);
  const stated = await readRelease(sourceDir, packId);
  if (base === undefined) throw neverBuilt(packId);
  const files = await steps.time("read", () => readSource(sourceDir));
  const release = nextRelease(base, stated, options);
  const changelog = await readChangelog(sourceDir);
  signal?.throwIfAborted();
  const opa = await (options.opa === undefined ? findOpa({ env: process.env }) : openOpa(options.opa));
  const { includesPrint = await readStatedPrint(sourceDir) } = options;
  const parity = { ...PARITY_DEFAULTS, ...options.parity, cases: await readRecordedCases(sourceDir) };
  const how = { opa: opa.path, steps, signal, includesPrint, parity };
  const pack = await assemblePack({ files, packId, release }, how);
  checkChange(base, pack, options);
  const next = toContract(pack.manifest, { inputs: readInputSchemas(files), isPublished: false });
  refuseBreach(base, next, options.words);
  signal?.throwIfAborted();
  const { digest, manifest } = pack;
  const previousDigest = base.digest;
  const { revision } = release;
  const facts = factsOf(base, next);
  const entry = { packId, revision, message, date: options.date, previousDigest, facts };
  const outputs = [
    { path: targets.tarPath, bytes: pack.tar },
    { path: targets.opaBundlePath, bytes: pack.opaBundle },
    { path: join(sourceDir, COMPANIONS.changelog), bytes: Buffer.from(addEntry(changelog, entry)) },
    { path: targets.manifestPath, bytes: encodeManifest(manifest) },
  ];
  if (!isSame(before, await readManifest(sourceDir))) throw changedMeanwhile(targets.manifestPath);
  const changed = await steps.time("write", () => writePack(outputs, options.fileSystem));
  return { packId, revision, digest, previousDigest, manifest, changed, timings: steps.times };
}

/** @throws ConfigError CONFIG_INVALID, CHAIN_BROKEN */
function nextRelease(base: PackContract, stated: ReleaseFields, options: ReleaseOptions): ReleaseFields {
  const { revision } = base;
  if (stated.revision === revision + 1 && stated.previousDigest === base.digest) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `Revision ${stated.revision} is made already and follows the released one. Commit it; policy-pack build takes in` +
        " later changes. To make it anew, restore manifest.json and CHANGELOG.md first.",
    );
  }
  if (stated.revision !== revision || stated.previousDigest !== base.previousDigest) {
    throw new ConfigError(
      "CHAIN_BROKEN",
      `manifest.json states revision ${stated.revision}, and what is released is revision ${revision}; take in the` +
        " released manifest.json and CHANGELOG.md, then release again.",
    );
  }
  return {
    revision: revision + 1,
    previousDigest: base.digest,
    lifecycle: options.lifecycle ?? stated.lifecycle ?? UNSTATED_LIFECYCLE,
    emergencyFlags: [...new Set(options.emergencyFlags ?? stated.emergencyFlags ?? [])].sort(),
  };
}

/** @throws ConfigError CONFIG_INVALID when neither the bytes nor what the manifest states would be others */
function checkChange(base: PackContract, pack: AssembledPack, { words = {} }: ReleaseOptions): void {
  const { manifest } = pack;
  const isStated = (was: string | undefined, is: string | undefined): boolean => was === undefined || was === is;
  const isAlike =
    isStated(base.lifecycle, manifest.lifecycle) &&
    isStated(base.emergencyFlags?.join(" "), manifest.emergencyFlags?.join(" "));
  if (!isAlike || digestUnder(pack.tar, base) !== base.digest) return;
  const whose = words.base === undefined ? "" : ` of ${words.base}`;
  throw new ConfigError(
    "CONFIG_INVALID",
    `Nothing changed since revision ${base.revision}${whose}; there is nothing to release.`,
  );
}

function refuseBreach(base: PackContract, next: PackContract, words: ContractWords | undefined): void {
  const findings = compareContracts(base, next, words);
  const [first] = findings;
  if (first === undefined) return;
  const lines = findings.map(({ what, mend }) => `${what}. ${mend}`);
  throw new ConfigError(first.code, `The release would break the contract: ${lines.join("\n")}`);
}

function factsOf(base: PackContract, next: PackContract): readonly string[] {
  const flags = next.emergencyFlags ?? [];
  return [
    `lifecycle ${next.lifecycle ?? "unknown"}${isChanged(base.lifecycle, next.lifecycle) ? `, after ${base.lifecycle}` : ""}`,
    ...(flags.length === 0 ? [] : [`emergency flags: ${flags.join(", ")}`]),
  ];
}

function isChanged(was: string | undefined, is: string | undefined): was is string {
  return was !== undefined && was !== is;
}

/** A plain file of the source folder that may be absent. @throws ConfigError SOURCE_INVALID */
async function readOptional(sourceDir: string, name: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const path = join(sourceDir, name);
  try {
    await lstat(path);
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw new ConfigError("SOURCE_INVALID", `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  return readRegularFile(path, name, maxBytes);
}

function readManifest(sourceDir: string): Promise<Uint8Array | undefined> {
  return readOptional(sourceDir, COMPANIONS.manifest, LIMITS.maxManifestBytes);
}

async function readChangelog(sourceDir: string): Promise<string | undefined> {
  const bytes = await readOptional(sourceDir, COMPANIONS.changelog, BUILD_LIMITS.maxChangelogBytes);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return Buffer.compare(left, right) === 0;
}

function neverBuilt(packId: string): ConfigError {
  return new ConfigError(
    "CONFIG_INVALID",
    `${packId} has no revision yet that another could follow; policy-pack build makes revision 1.`,
  );
}

function changedMeanwhile(path: string): ConfigError {
  return new ConfigError("OUTPUT_FAILED", `${path} was changed by someone else meanwhile; nothing was written.`);
}
