import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ConfigError, encodeManifest, packIdOf, packLocation } from "@policy-pack/pack";
import type { Digest, PackManifest } from "@policy-pack/pack";
import { assemblePack } from "./assemble.ts";
import type { FileSystem } from "./file-system.ts";
import { findOpa, openOpa } from "./opa-tool.ts";
import { PARITY_DEFAULTS } from "./parity/parity.ts";
import type { ParityDraw, ParityReport } from "./parity/parity.ts";
import { readRecordedCases } from "./recorded-cases.ts";
import { readRelease, readSource, readStatedPrint } from "./source.ts";
import { createSteps } from "./steps.ts";
import type { StepTime } from "./steps.ts";
import { writePack } from "./write.ts";

export interface BuildOptions {
  /** `<...>/<name>/<vN>`, which gives the packId `<name>-<vN>`. */
  readonly sourceDir: string;
  /** Where the artifacts are written: `dist/<name>/<vN>`. Outside the source. */
  readonly outDir: string;
  /** For a source whose path does not name it. */
  readonly packId?: string;
  /** `<outDir>/<packId>.tar` unless said. */
  readonly tarPath?: string;
  /** The OPA to run; otherwise `PATH` is searched, and no other folder. */
  readonly opa?: string;
  /** Whether `print()` calls are compiled; as in the module that `manifest.json` records, unless said. */
  readonly includesPrint?: boolean;
  /** The inputs by which the module is held against OPA; `PARITY_DEFAULTS` unless said. */
  readonly parity?: ParityDraw;
  /** Told of each step as it ends. */
  readonly onProgress?: (time: StepTime) => void;
  readonly signal?: AbortSignal;
  readonly fileSystem?: FileSystem;
}

export interface BuildResult {
  readonly packId: string;
  readonly digest: Digest;
  readonly manifest: PackManifest;
  readonly tarPath: string;
  readonly opaBundlePath: string;
  readonly manifestPath: string;
  /** The files that have other bytes than before. */
  readonly changed: readonly string[];
  readonly timings: readonly StepTime[];
  readonly tests: { readonly passed: number };
  /** Percent. */
  readonly coverage: number;
  /** Always of a build. */
  readonly parity: ParityReport | undefined;
}

interface Targets {
  readonly tarPath: string;
  readonly opaBundlePath: string;
  readonly manifestPath: string;
}

/**
 * Builds a pack: reads the source folder, has OPA check, test and compile it, holds the module against OPA, and writes the
 * tar, the stock OPA bundle and the source's `manifest.json`, each whole or not at all. The same source gives the same
 * bytes. It signs nothing.
 * @throws ConfigError SOURCE_INVALID | SOURCE_TESTS_FAILED | PARITY_FAILED | TOOL_MISSING | TOOL_FAILED | OUTPUT_FAILED | CONFIG_INVALID
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED for a `manifest.json` that cannot be read, BASELINE_INVALID for
 *   recorded cases
 * @throws the signal's reason when aborted
 */
export async function buildPack(options: BuildOptions): Promise<BuildResult> {
  const { signal } = options;
  const sourceDir = resolve(options.sourceDir);
  const packId = options.packId === undefined ? packIdOfFolder(sourceDir) : packLocation(options.packId).packId;
  const targets = toTargets(options, sourceDir, packId);
  const steps = createSteps(options.onProgress);
  const source = await steps.time("read", async () => {
    const files = await readSource(sourceDir);
    return { files, packId, release: await readRelease(sourceDir, packId) };
  });
  signal?.throwIfAborted();
  const opa = await (options.opa === undefined ? findOpa({ env: process.env }) : openOpa(options.opa));
  const { includesPrint = await readStatedPrint(sourceDir) } = options;
  const cases = await readRecordedCases(sourceDir);
  const parity = { ...PARITY_DEFAULTS, ...options.parity, cases };
  const pack = await assemblePack(source, { opa: opa.path, steps, signal, includesPrint, parity });
  signal?.throwIfAborted();
  const outputs = [
    { path: targets.tarPath, bytes: pack.tar },
    { path: targets.opaBundlePath, bytes: pack.opaBundle },
    { path: targets.manifestPath, bytes: encodeManifest(pack.manifest) },
  ];
  const changed = await steps.time("write", () => writePack(outputs, options.fileSystem));
  const { digest, manifest, coverage } = pack;
  const tests = { passed: pack.tests.passedTests.length };
  return { packId, digest, manifest, ...targets, changed, timings: steps.times, tests, coverage, parity: pack.parity };
}

/**
 * `contracts/policy-pack/v0` is the source of `policy-pack-v0`.
 * @throws ConfigError CONFIG_INVALID for a folder that names no pack
 */
export function packIdOfFolder(sourceDir: string): string {
  try {
    return packIdOf(basename(dirname(sourceDir)), basename(sourceDir));
  } catch (cause) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `${sourceDir} does not end in <name>/<vN> such as policy-pack/v0; rename it or name the packId.`,
      { cause },
    );
  }
}

/**
 * Where a build writes.
 * @throws ConfigError CONFIG_INVALID for artifacts inside the source, or two at one place
 */
export function toTargets(
  options: Pick<BuildOptions, "outDir" | "tarPath">,
  sourceDir: string,
  packId: string,
): Targets {
  const outDir = resolve(options.outDir);
  const tarPath = resolve(options.tarPath ?? join(outDir, `${packId}.tar`));
  const opaBundlePath = join(outDir, `${packId}.bundle.tar.gz`);
  for (const path of [tarPath, opaBundlePath]) {
    const way = relative(sourceDir, path);
    if (isAbsolute(way) || way.split(sep)[0] === "..") continue;
    throw new ConfigError("CONFIG_INVALID", `${path} lies inside the pack's source; write the artifacts elsewhere.`);
  }
  if (tarPath === opaBundlePath) {
    throw new ConfigError("CONFIG_INVALID", `The tar and the OPA bundle cannot both be ${tarPath}.`);
  }
  return { tarPath, opaBundlePath, manifestPath: join(sourceDir, "manifest.json") };
}
