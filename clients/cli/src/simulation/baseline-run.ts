import { TrustError } from "@policy-pack/pack";
import type { CaseInput, FailedCase, Progress } from "@policy-pack/simulate";
import { displayPath } from "../locate.ts";
import { Rejection } from "../rejection.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import type { RootFlags } from "../trust.ts";
import { printWarnings } from "../warnings.ts";
import { readBaseline, writeBaseline } from "./baseline-file.ts";
import { describeCheck, describeUpdate } from "./baseline-report.ts";
import { inOrder, ownCases, readInputs } from "./inputs.ts";
import { readMigrationNotes } from "./migration-notes.ts";
import type { NoteFlags } from "./migration-notes.ts";
import { readOutcomes } from "./outcome-file.ts";
import type { LoadedPack } from "./pack-source.ts";
import { createProgressBar } from "./progress-bar.ts";
import { readRandom } from "./random-flags.ts";
import type { RandomFlags } from "./random-flags.ts";

/** A pack and the baseline that it is held against. */
export interface BaselineRun {
  readonly pack: LoadedPack;
  /** Absolute. */
  readonly path: string;
  readonly flags: RandomFlags & NoteFlags & RootFlags & { readonly outcomes?: string; readonly json?: true };
  readonly signal: AbortSignal;
}

/**
 * Decides random inputs of the pack and writes what came out as its baseline, whole or not at all. Recorded cases that the
 * pack decides otherwise are told, and end nothing.
 * @throws as `readInputs`, `readOutcomes`, `simulatePack`; ConfigError OUTPUT_FAILED; the signal's reason when aborted
 */
export async function updateBaseline(terminal: Terminal, run: BaselineRun): Promise<Report> {
  const { pack, path, flags, signal } = run;
  const { drawInputs, simulatePack, toBaseline, toInputModel } = await import("@policy-pack/simulate");
  const { rules: outcomes } = await outcomesOf(terminal, run);
  const cases = await casesOf(terminal, pack);
  const model = toInputModel(pack.contents);
  const drawn = { ...readRandom(flags), model };
  const total = cases.length + drawn.iterations * model.packages.length;
  const simulated = await showing(terminal, flags, total, (onProgress) =>
    simulatePack(pack.contents, inOrder(cases, drawInputs(model, drawn)), { outcomes, onProgress, signal }),
  );
  signal.throwIfAborted();
  const baseline = toBaseline(simulated, drawn);
  await writeBaseline(path, baseline);
  const failed = simulated.failedCases.length;
  if (failed > 0) printWarnings(terminal, [`Recorded cases that are not decided as expected: ${failed}.`]);
  return describeUpdate(displayPath(terminal, path), baseline, simulated.failedCases);
}

/**
 * Decides the inputs of the baseline and the recorded cases, and holds the decisions against both.
 * @throws Rejection of TrustError BASELINE_EXCEEDED; as `readBaseline`, `readMigrationNotes`, `readInputs`, `readOutcomes`;
 *   FormatError BASELINE_INVALID for a note about another change; the signal's reason when aborted
 */
export async function checkAgainstBaseline(terminal: Terminal, run: BaselineRun): Promise<Report> {
  const { pack, path, flags, signal } = run;
  const { checkBaseline, requireBaseline, simulateBaseline, toInputModel } = await import("@policy-pack/simulate");
  const baseline = await readBaseline(terminal, path);
  const { rules: outcomes } = await outcomesOf(terminal, run);
  const cases = await casesOf(terminal, pack);
  const notes = await readMigrationNotes(terminal, flags, pack.contents.digest);
  const total = cases.length + baseline.iterations * baseline.model.packages.length;
  const simulated = await showing(terminal, flags, total, (onProgress) =>
    simulateBaseline(pack.contents, baseline, { cases, outcomes, onProgress, signal }),
  );
  const { failedCases } = simulated;
  const note = notes.map((approved) => approved.note);
  const verdict = checkBaseline(baseline, simulated, { note, model: toInputModel(pack.contents) });
  const report = describeCheck(displayPath(terminal, path), { verdict, notes, failedCases });
  try {
    requireBaseline(verdict);
    requireCases(failedCases);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new Rejection(error, report);
  }
  return report;
}

/** The recorded cases of a source folder. */
async function casesOf(terminal: Terminal, { contents, sourceDir }: LoadedPack): Promise<readonly CaseInput[]> {
  const folder = sourceDir === undefined ? undefined : await ownCases(terminal, sourceDir);
  if (folder === undefined) return [];
  const entrypoints = new Set(contents.entrypoints);
  const { cases, logs } = await readInputs(terminal, { paths: [folder], entrypoints, allowTornTail: false });
  const logged = logs.flatMap(({ file, inputs }) => (inputs.length > 0 ? [file] : []));
  if (logged.length > 0)
    printWarnings(
      terminal,
      logged.map((file) => `${file} is a log, which only diff decides.`),
    );
  return cases;
}

function outcomesOf(terminal: Terminal, { pack, flags }: BaselineRun): ReturnType<typeof readOutcomes> {
  return readOutcomes(terminal, flags.outcomes, pack.sourceDir === undefined ? [] : [pack.sourceDir]);
}

async function showing<T>(
  terminal: Terminal,
  { json }: { readonly json?: true },
  total: number,
  decide: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const bar = createProgressBar(terminal, "deciding", { json: json === true });
  try {
    return await decide(({ inputs }) => {
      bar.update(inputs, total);
    });
  } finally {
    bar.clear();
  }
}

function requireCases(failedCases: readonly FailedCase[]): void {
  const [first] = failedCases;
  if (first === undefined) return;
  throw new TrustError(
    "BASELINE_EXCEEDED",
    `${failedCases.length} recorded cases are not decided as expected, first ${first.id} (${first.entrypoint}). Change the` +
      " policy, or the case with the reason why.",
  );
}
