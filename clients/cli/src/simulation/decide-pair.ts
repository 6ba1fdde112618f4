import { ConfigError } from "@policy-pack/pack";
import type { CaseInput, DecisionDiff } from "@policy-pack/simulate";
import type { Terminal } from "../terminal.ts";
import { printWarnings } from "../warnings.ts";
import { describeUndecidable } from "./decision-log.ts";
import type { DecisionLog } from "./decision-log.ts";
import { inOrder, ownCases, readInputs } from "./inputs.ts";
import { readOutcomes } from "./outcome-file.ts";
import type { NamedOutcomes, OutcomeFile } from "./outcome-file.ts";
import type { PackPair } from "./pack-pair.ts";
import { createProgressBar } from "./progress-bar.ts";
import { readRandom } from "./random-flags.ts";
import type { RandomFlags } from "./random-flags.ts";

export interface DecideFlags extends RandomFlags {
  readonly inputs?: readonly string[];
  readonly outcomes?: string;
  /** Named where the answer is to be relied on. */
  readonly budget?: string;
  readonly attest?: string;
  readonly allowTornTail?: true;
  readonly json?: true;
}

export interface Decided {
  readonly diff: DecisionDiff;
  readonly logs: readonly DecisionLog[];
  /** Undefined where the convention alone says what values mean. */
  readonly outcomes: OutcomeFile | undefined;
}

/**
 * Decides the recorded cases, logs and random inputs under both packs, with a progress bar on a terminal. What cannot be
 * decided is said.
 * @throws as `readInputs`, `readOutcomes`, `diffPacks`; ConfigError CONFIG_INVALID when there is nothing to decide; the
 *   signal's reason when aborted
 */
export async function decidePair(
  terminal: Terminal,
  pair: PackPair,
  flags: DecideFlags,
  signal: AbortSignal,
): Promise<Decided> {
  const { diffPacks } = await import("@policy-pack/simulate");
  const { old, next } = pair;
  const { rules, file } = await readRules(terminal, pair, flags);
  const entrypoints = new Set([...old.contents.entrypoints, ...next.contents.entrypoints]);
  const own = next.sourceDir === undefined ? undefined : await ownCases(terminal, next.sourceDir);
  const paths = [...(own === undefined ? [] : [own]), ...(flags.inputs ?? [])];
  const { cases, logs } = await readInputs(terminal, {
    paths,
    entrypoints,
    allowTornTail: flags.allowTornTail === true,
  });
  printWarnings(terminal, logs.flatMap(describeUndecidable));
  const written = [...cases, ...logs.flatMap(({ inputs }) => inputs)];
  const random = readRandom(flags);
  if (written.length === 0 && random.iterations === 0) throw nothingToDecide();
  const drawn = await drawRandom(pair, random);
  const total = written.length + drawn.count;
  const bar = createProgressBar(terminal, "deciding", { json: flags.json === true });
  try {
    const diff = await diffPacks(old.contents, next.contents, inOrder(written, drawn.inputs), {
      outcomes: rules,
      signal,
      onProgress: ({ inputs }) => {
        bar.update(inputs, total);
      },
      ...(random.iterations === 0 ? {} : { drawn: random }),
    });
    return { diff, logs, outcomes: file };
  } finally {
    bar.clear();
  }
}

/**
 * What values mean: as the file that is named says, or OLD's own source. Only where OLD is no source does NEW's count, and
 * never for a budget or a statement: the change under review would say itself which of its decisions allow.
 * @throws ConfigError CONFIG_INVALID
 */
async function readRules(terminal: Terminal, { old, next }: PackPair, flags: DecideFlags): Promise<NamedOutcomes> {
  const sources = [old.sourceDir ?? next.sourceDir].filter((dir) => dir !== undefined);
  const read = await readOutcomes(terminal, flags.outcomes, sources);
  if (read.file === undefined || flags.outcomes !== undefined || old.sourceDir !== undefined) return read;
  const { path } = read.file;
  if (flags.budget !== undefined || flags.attest !== undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `${path} says which values allow, and is part of the change under review; name what counts with --outcomes FILE.`,
    );
  }
  printWarnings(terminal, [`${path}, which is part of the change under review, says which values allow and deny.`]);
  return read;
}

/** Random inputs from the schemas and values of both packs. */
async function drawRandom(
  { old, next }: PackPair,
  random: ReturnType<typeof readRandom>,
): Promise<{ readonly inputs: Iterable<CaseInput>; readonly count: number }> {
  if (random.iterations === 0) return { inputs: [], count: 0 };
  const { drawInputs, toInputModel } = await import("@policy-pack/simulate");
  const model = toInputModel(next.contents, old.contents);
  return { inputs: drawInputs(model, random), count: random.iterations * model.packages.length };
}

function nothingToDecide(): ConfigError {
  return new ConfigError(
    "CONFIG_INVALID",
    "There is nothing to decide: no recorded case, no decision log, and --iterations 0. Name inputs with --inputs PATH.",
  );
}
