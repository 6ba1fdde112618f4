import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigError, messageOf } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";

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
): Promise<T> {
  const root = await orFail(mkdtemp(join(tmpdir(), "policy-pack-build-")));
  const workspace = { source: join(root, "source"), output: join(root, "output"), home: join(root, "home") };
  try {
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

async function orFail<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const message = `The working copy below ${tmpdir()} cannot be written: ${messageOf(cause)}.`;
    throw new ConfigError("OUTPUT_FAILED", message, { cause });
  }
}
