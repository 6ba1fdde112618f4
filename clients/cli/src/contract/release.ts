import { resolve } from "node:path";
import type { ReleaseResult } from "@policy-pack/build";
import { ConfigError, isEmergencyFlag, isLifecycle, LIFECYCLES, packPaths, shellWord } from "@policy-pack/pack";
import type { Lifecycle } from "@policy-pack/pack";
import { displayPath, packIdOfFolder, packOfSource } from "../locate.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { createProgress, printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { readBase } from "./base.ts";
import type { BaseFlags, NamedBase } from "./base.ts";
import { readReleased } from "./released.ts";

export interface ReleaseFlags extends BaseFlags {
  readonly message: string;
  readonly lifecycle?: string;
  readonly emergencyFlag?: readonly string[];
  /** False when none are left; commander sets it to true otherwise. */
  readonly emergencyFlags: boolean;
  readonly out?: string;
  readonly packId?: string;
}

/**
 * Makes the next revision of a pack and tells what was written and what comes next.
 * @throws what `releasePack` and reading the base throw; ConfigError CONFIG_INVALID for flags that contradict each other
 */
export async function makeRelease(terminal: Terminal, dir: string, flags: ReleaseFlags): Promise<Report> {
  const sourceDir = resolve(terminal.cwd, dir);
  const stated = { ...lifecycleOf(flags), ...emergencyFlagsOf(flags) };
  const words = { packDir: dir, ...(flags.base === undefined ? {} : { base: flags.base }) };
  const { checkGitPlace, findOpa, releasePack } = await import("@policy-pack/build");
  await checkGitPlace({ dir: sourceDir, env: terminal.env }, terminal.cwd);
  const base = await baseOf(terminal, sourceDir, flags);
  const opa = await findOpa(terminal);
  const progress = createProgress(terminal);
  progress.step(`releasing ${displayPath(terminal, sourceDir)}`);
  try {
    const result = await withAbort((signal) =>
      releasePack({
        sourceDir,
        outDir: outDirOf(terminal, sourceDir, flags),
        base: base.contract,
        message: flags.message,
        date: new Date(),
        words,
        opa: opa.path,
        signal,
        onProgress: ({ step, ms }) => {
          progress.step(`${step} took ${ms.toFixed(0)} ms`);
        },
        ...stated,
        ...(flags.packId === undefined ? {} : { packId: flags.packId }),
      }),
    );
    return describe(terminal, dir, base, result);
  } finally {
    progress.done();
  }
}

async function baseOf(terminal: Terminal, sourceDir: string, flags: BaseFlags): Promise<NamedBase> {
  if (flags.base !== undefined) return readBase(terminal, sourceDir, flags.base, flags);
  if (flags.bundle === undefined && flags.unsafeUnverified === undefined) return readReleased(terminal, sourceDir);
  throw new ConfigError("CONFIG_INVALID", "--bundle and --unsafe-unverified are about the base; name it with --base.");
}

function lifecycleOf({ lifecycle }: ReleaseFlags): { readonly lifecycle?: Lifecycle } {
  if (lifecycle === undefined) return {};
  if (isLifecycle(lifecycle)) return { lifecycle };
  throw new ConfigError("LIFECYCLE_INVALID", `${lifecycle} is no lifecycle; write one of ${LIFECYCLES.join(", ")}.`);
}

function emergencyFlagsOf(flags: ReleaseFlags): { readonly emergencyFlags?: readonly string[] } {
  const { emergencyFlag: named, emergencyFlags: mayHave } = flags;
  if (named === undefined) return mayHave ? {} : { emergencyFlags: [] };
  const wrong = named.find((flag) => !isEmergencyFlag(flag));
  if (mayHave && wrong === undefined) return { emergencyFlags: named };
  const what =
    wrong === undefined
      ? "--emergency-flag and --no-emergency-flags contradict each other"
      : `${wrong} names no emergency path`;
  throw new ConfigError("CONFIG_INVALID", `${what}; write lower-case words joined by hyphens, such as break-glass.`);
}

function outDirOf(terminal: Terminal, sourceDir: string, { out, packId }: ReleaseFlags): string {
  if (out !== undefined) return resolve(terminal.cwd, out);
  const pack = packOfSource(terminal, sourceDir);
  const isNamedByFolder = packId === undefined || packId === pack?.packId;
  if (pack !== undefined && isNamedByFolder) return pack.paths.output;
  return packPaths(terminal.cwd, packId ?? packIdOfFolder(sourceDir)).output;
}

function describe(terminal: Terminal, dir: string, base: NamedBase, result: ReleaseResult): Report {
  const { packId, revision, digest, previousDigest, manifest, changed } = result;
  const next = [`git add ${shellWord(dir)}`, `git commit -m ${shellWord(`Release ${packId} revision ${revision}`)}`];
  const rows = [
    ["follows", `revision ${revision - 1} of ${base.name}`],
    ["digest", digest],
    ["previous", previousDigest],
    ["policy", manifest.policyDigest ?? ""],
    ["lifecycle", manifest.lifecycle ?? ""],
    ...(manifest.emergencyFlags ?? []).map((flag) => ["emergency flag", flag]),
    ...changed.map((path) => ["written", displayPath(terminal, path)]),
  ];
  const lines = [
    `${packId} revision ${revision}`,
    "",
    formatTable(rows),
    "",
    "Next:",
    ...next.map((line) => `  ${line}`),
  ];
  const { policyDigest, lifecycle, emergencyFlags } = manifest;
  return {
    json: {
      packId,
      revision,
      digest,
      previousDigest,
      policyDigest,
      lifecycle,
      emergencyFlags,
      base: base.name,
      changed,
      next,
    },
    text: printable(lines.join("\n")),
  };
}
