import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ConfigError, messageOf } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { isGone } from "./leftover.ts";
import { BUILD_LIMITS } from "./limits.ts";

const PREFIX = "policy-pack-build-";
const NAME = /^policy-pack-build-([0-9]{1,10})-[A-Za-z0-9]{6}$/;

/** A private copy of what OPA reads, so that it compiles the very bytes that are packed. */
export interface Workspace {
  /** Laid out as the pack folder is. */
  readonly source: string;
  /** For OPA's output and its capabilities. */
  readonly output: string;
  readonly home: string;
}

/**
 * Copies `opa/` and `data/` to a temporary folder, hands it over and removes it, whatever happens.
 * @throws ConfigError OUTPUT_FAILED when the copy cannot be written
 */
export async function withWorkspace<T>(
  files: readonly SourceFile[],
  use: (workspace: Workspace) => Promise<T>,
  within: string = tmpdir(),
): Promise<T> {
  // Absolute whatever TMPDIR says, since OPA has another working directory.
  const root = await orFail(mkdtemp(join(resolve(within), `${PREFIX}${process.pid}-`)));
  const workspace = { source: join(root, "source"), output: join(root, "output"), home: join(root, "home") };
  try {
    await removeAbandoned(within);
    await orFail(fill(workspace, files));
    return await use(workspace);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function fill({ source, output, home }: Workspace, files: readonly SourceFile[]): Promise<void> {
  for (const folder of [join(source, "opa"), join(source, "data"), output, home]) {
    await mkdir(folder, { recursive: true });
  }
  for (const { path, bytes } of files) {
    if (!/^(?:opa|data)\//.test(path)) continue;
    const target = join(source, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes, { flag: "wx" });
  }
}

/** Removes the copies of this user's builds that were killed. Whatever goes wrong here is not the build's matter. */
async function removeAbandoned(within: string): Promise<void> {
  for (const name of await readdir(within).catch(() => [])) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || !isGone(Number(pid))) continue;
    const path = join(within, name);
    const stats = await lstat(path).catch(() => undefined);
    const isOurs = stats?.isDirectory() === true && stats.uid === (process.getuid?.() ?? stats.uid);
    if (isOurs && Date.now() - stats.mtimeMs > BUILD_LIMITS.abandonedAfterMs) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

async function orFail<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const message = `The working copy for OPA cannot be written: ${messageOf(cause)}.`;
    throw new ConfigError("OUTPUT_FAILED", message, { cause });
  }
}
