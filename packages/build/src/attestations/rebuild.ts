import { join, resolve } from "node:path";
import { ConfigError, digestOf, LIMITS, packLocation, parseManifest } from "@policy-pack/pack";
import type { Digest, PackContents, PackFile, PackManifest, SourceFile } from "@policy-pack/pack";
import { assemblePack } from "../assemble.ts";
import type { AssembledPack } from "../assemble.ts";
import { packIdOfFolder } from "../build.ts";
import { OPA_VERSION } from "../opa-tool.ts";
import type { OpaTool } from "../opa-tool.ts";
import { readRegularFile } from "../source-file.ts";
import type { CompileOptions } from "../compile.ts";
import type { ParityDraw } from "../parity/parity.ts";
import { readRecordedCases } from "../recorded-cases.ts";
import { readRelease, readSource, readStatedPrint } from "../source.ts";
import { createSteps } from "../steps.ts";
import type { StepTime } from "../steps.ts";
import { TOOLKIT_VERSION } from "../toolkit.ts";
import { readGitState } from "./git-state.ts";
import type { BuildFacts, UsedTool } from "./materials.ts";
import { sourceDigest } from "./source-digest.ts";
import { readToolDigest } from "./tool-digest.ts";

export interface RebuildOptions {
  readonly sourceDir: string;
  /** For a source whose path does not name it. */
  readonly packId?: string;
  readonly opa: OpaTool;
  /** The policy-pack that runs. */
  readonly toolkit: UsedTool;
  /** Where git is looked for; nothing else is read from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells the times of start and end. */
  readonly now: () => Date;
  /** What failing tests, and decisions that differ from OPA's, do: end the rebuild (unless said otherwise), or stand in its report. */
  readonly failingTests?: "refuse" | "report";
  /** The inputs by which the module is held against OPA; not at all unless given. */
  readonly parity?: ParityDraw;
  readonly onProgress?: (time: StepTime) => void;
  readonly signal?: AbortSignal;
}

export interface Rebuilt {
  readonly facts: BuildFacts;
  readonly files: readonly SourceFile[];
  readonly pack: AssembledPack;
}

/**
 * Builds a pack in memory from its source folder, tests included, and tells what went into it. Nothing is written but
 * the copy for OPA, in a temporary folder that is gone afterwards.
 * @throws ConfigError SOURCE_INVALID | SOURCE_TESTS_FAILED | TOOL_FAILED | OUTPUT_FAILED | CONFIG_INVALID
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED for a `manifest.json` that cannot be read
 * @throws the signal's reason when aborted
 */
export async function rebuildPack(options: RebuildOptions): Promise<Rebuilt> {
  const { opa, toolkit, now, signal, failingTests } = options;
  const sourceDir = resolve(options.sourceDir);
  const packId = options.packId === undefined ? packIdOfFolder(sourceDir) : packLocation(options.packId).packId;
  const startedOn = now();
  const steps = createSteps(options.onProgress);
  const { files, release } = await steps.time("read", async () => ({
    files: await readSource(sourceDir),
    release: await readRelease(sourceDir, packId),
  }));
  const opaDigest = await readToolDigest(opa.path);
  const git = await readGitState(sourceDir, files, options.env);
  const how = {
    opa: opa.path,
    steps,
    signal,
    includesPrint: await readStatedPrint(sourceDir),
    ...(failingTests === undefined ? {} : { failingTests }),
    ...(await parityOf(sourceDir, options)),
  };
  const pack = await assemblePack({ files, packId, release }, how);
  const materials = { source: sourceDigest(files), git, opa: { version: opa.version, digest: opaDigest }, toolkit };
  return { facts: { packId, release, materials, startedOn, finishedOn: now() }, files, pack };
}

async function parityOf(
  sourceDir: string,
  { parity, failingTests = "refuse" }: RebuildOptions,
): Promise<Pick<CompileOptions, "parity">> {
  if (parity === undefined) return {};
  return { parity: { ...parity, cases: await readRecordedCases(sourceDir), onDifference: failingTests } };
}

/**
 * The `manifest.json` of a source folder, as its last build left it.
 * @throws ConfigError SOURCE_INVALID when there is none
 * @throws FormatError MANIFEST_INVALID for one that records no build, LIMIT_EXCEEDED
 */
export async function readRecordedManifest(sourceDir: string): Promise<PackManifest> {
  const path = join(resolve(sourceDir), "manifest.json");
  return parseManifest(await readRegularFile(path, path, LIMITS.maxManifestBytes));
}

/**
 * Refuses a rebuild by other versions than the recorded ones, since it would prove nothing either way.
 * @throws ConfigError TOOL_MISSING, which names both versions
 */
export function checkRecordedVersions({ opa, toolkit }: Pick<PackManifest, "opa" | "toolkit">): void {
  if (opa.version !== OPA_VERSION) throw otherVersion("OPA", opa.version, OPA_VERSION);
  if (toolkit?.version !== TOOLKIT_VERSION) {
    throw otherVersion("policy-pack", toolkit?.version ?? "of an unrecorded version", TOOLKIT_VERSION);
  }
}

function otherVersion(name: string, recorded: string, ours: string): ConfigError {
  return new ConfigError(
    "TOOL_MISSING",
    `The manifest records ${name} ${recorded}; this policy-pack rebuilds with ${name} ${ours}. Rebuild with the policy-pack release that pins the recorded version.`,
  );
}

/** A file that two packs do not share; undefined where one of them has none of that name. */
export interface Difference {
  readonly path: string;
  readonly expected: Digest | undefined;
  readonly rebuilt: Digest | undefined;
}

/** The files by which a rebuilt pack differs from the expected one, by the bytes of their paths. */
export function differencesOf(expected: readonly PackFile[], rebuilt: readonly PackFile[]): readonly Difference[] {
  const ours = new Map(rebuilt.map(({ path, digest }) => [path, digest]));
  const theirs = new Map(expected.map(({ path, digest }) => [path, digest]));
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .map((path) => ({ path, expected: theirs.get(path), rebuilt: ours.get(path) }))
    .filter((it) => it.expected !== it.rebuilt)
    .sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
}

/** The files of a pack as a manifest lists them. */
export function filesOf(contents: Pick<PackContents, "files">): readonly PackFile[] {
  return [...contents.files].map(([path, bytes]) => ({ path, digest: digestOf(bytes), size: bytes.length }));
}
