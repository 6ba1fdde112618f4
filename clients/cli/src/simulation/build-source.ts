import { resolve } from "node:path";
import { displayPath, packIdOfFolder } from "../locate.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { printWarnings } from "../warnings.ts";

/**
 * The tar that a source folder gives, in memory: nothing is written but the copy for OPA, in a temporary folder that is
 * gone afterwards. Tests that fail are told and end nothing, since what a change does to decisions is asked before they
 * are mended.
 * @throws ConfigError SOURCE_INVALID | TOOL_MISSING | TOOL_FAILED | OUTPUT_FAILED | CONFIG_INVALID
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED
 * @throws the signal's reason when aborted
 */
export async function buildSource(
  terminal: Terminal,
  dir: string,
  { packId: named, signal }: { readonly packId?: string | undefined; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { assemblePack, createSteps, findOpa, readRelease, readSource, readStatedPrint } =
    await import("@policy-pack/build");
  const sourceDir = resolve(terminal.cwd, dir);
  const packId = named ?? packIdOfFolder(sourceDir);
  const { tar, tests } = await showing(terminal, sourceDir, async () => {
    const source = { files: await readSource(sourceDir), packId, release: await readRelease(sourceDir, packId) };
    const opa = await findOpa(terminal);
    const includesPrint = await readStatedPrint(sourceDir);
    const options = { opa: opa.path, steps: createSteps(), signal, includesPrint };
    return assemblePack(source, { ...options, failingTests: "report" });
  });
  const failed = tests.failedTests.length;
  if (failed > 0) printWarnings(terminal, [`${failed} of the tests of ${dir} fail; policy-pack build names them.`]);
  return tar;
}

async function showing<T>(terminal: Terminal, sourceDir: string, build: () => Promise<T>): Promise<T> {
  const progress = createProgress(terminal);
  progress.step(`building ${displayPath(terminal, sourceDir)}`);
  try {
    return await build();
  } finally {
    progress.done();
  }
}
