import type { ParityDraw, Rebuilt } from "@policy-pack/build";
import { ConfigError, digestOf, VerificationError } from "@policy-pack/pack";
import { resolve } from "node:path";
import { displayPath, packOfTar } from "../locate.ts";
import { withAbort } from "../signals.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { readToolkit } from "../toolkit.ts";
import type { ReadPack } from "./request.ts";

export interface RebuildFlags {
  readonly source?: string;
  readonly packId?: string;
  /** Failing tests stand in the report, and end nothing. */
  readonly attestFailure?: true;
  /** The inputs by which the module is held against OPA; not at all unless given. */
  readonly parity?: ParityDraw;
}

/** Builds a source folder in memory, with progress on stderr. @throws as `findOpa` and `rebuildPack` */
export async function rebuildFolder(terminal: Terminal, sourceDir: string, flags: RebuildFlags): Promise<Rebuilt> {
  const { findOpa, rebuildPack } = await import("@policy-pack/build");
  const progress = createProgress(terminal);
  progress.step(`building ${displayPath(terminal, sourceDir)}`);
  try {
    const opa = await findOpa(terminal);
    const toolkit = await readToolkit();
    return await withAbort((signal) =>
      rebuildPack({
        sourceDir,
        opa,
        toolkit,
        env: terminal.env,
        now: () => new Date(),
        signal,
        onProgress: ({ step, ms }) => {
          progress.step(`${step} took ${ms.toFixed(0)} ms`);
        },
        ...(flags.packId === undefined ? {} : { packId: flags.packId }),
        ...(flags.parity === undefined ? {} : { parity: flags.parity }),
        ...(flags.attestFailure === undefined ? {} : { failingTests: "report" }),
      }),
    );
  } finally {
    progress.done();
  }
}

/**
 * Builds the source of a pack again: what is said of the build or its tests is then of this very pack.
 * @throws ConfigError CONFIG_INVALID when nothing says where the source is
 * @throws VerificationError DIGEST_MISMATCH when the source gives another pack
 */
export async function rebuildPackOf(terminal: Terminal, pack: ReadPack, flags: RebuildFlags): Promise<Rebuilt> {
  const sourceDir = sourceOf(terminal, pack.file, flags);
  const rebuilt = await rebuildFolder(terminal, sourceDir, { packId: pack.contents.packId, ...flags });
  const { digest } = pack.contents;
  if (rebuilt.pack.digest === digest) return rebuilt;
  throw new VerificationError(
    "DIGEST_MISMATCH",
    `${pack.file} is ${digest}, and the source ${sourceDir} gives ${rebuilt.pack.digest}; build it again, or name its own source with --source DIR.`,
  );
}

/** Refuses a further file that this build did not make. @throws VerificationError DIGEST_MISMATCH */
export function checkArtifact({ pack }: Rebuilt, file: string, digest: string): void {
  if (digest === pack.digest || digest === digestOf(pack.opaBundle)) return;
  throw new VerificationError("DIGEST_MISMATCH", `${file} is ${digest}, which the source does not give.`);
}

function sourceOf(terminal: Terminal, tar: string, { source }: RebuildFlags): string {
  if (source !== undefined) return resolve(terminal.cwd, source);
  const pack = packOfTar(terminal, tar);
  if (pack !== undefined) return pack.paths.source;
  throw new ConfigError(
    "CONFIG_INVALID",
    `Nothing says where ${tar} was built from; name its folder with --source DIR.`,
  );
}
