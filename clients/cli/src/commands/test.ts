import { resolve } from "node:path";
import type { AssembledPack, OpaTool, StepTime } from "@policy-pack/build";
import { packLocation, packPaths } from "@policy-pack/pack";
import type { Command } from "commander";
import { DEFAULT_PACK_ID, displayPath, packIdOfFolder } from "../locate.ts";
import { addParityFlags, readParity } from "../parity/parity-flags.ts";
import type { ParityFlags } from "../parity/parity-flags.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { createProgressBar } from "../simulation/progress-bar.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, packIdFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface TestFlags extends CommonFlags, ParityFlags {
  readonly packId?: string;
}

/** `policy-pack test`: whether a source's tests pass, in OPA and as they are compiled. */
export function addTest({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "test",
      summary: "run a pack's tests, in OPA and as it is compiled",
      description:
        "Runs the tests of a source with the pinned OPA, with their coverage, then holds the compiled module against OPA: " +
        "the same tests compiled, the recorded cases in cases/, and random inputs drawn from the input schemas, the data " +
        "and the literals of the Rego must come out alike. Of what does not, the smallest input is shown, with both " +
        "answers. Exit 2 when a test fails (SOURCE_TESTS_FAILED) or a decision differs (PARITY_FAILED). Writes nothing.",
      examples: ["policy-pack test", "policy-pack test contracts/access/v0 --inputs 10000 --seed 7 --json"],
    },
    version,
  )
    .argument("[pack-dir]", `the source folder (default: ${packPaths("", DEFAULT_PACK_ID).source})`)
    .addOption(packIdFlag());
  return addParityFlags(command).action((dir: string | undefined, flags: TestFlags) =>
    answer(flags, test(terminal, dir ?? packPaths("", DEFAULT_PACK_ID).source, flags)),
  );
}

async function test(terminal: Terminal, dir: string, flags: TestFlags): Promise<Report> {
  const sourceDir = resolve(terminal.cwd, dir);
  const packId = flags.packId === undefined ? packIdOfFolder(sourceDir) : packLocation(flags.packId).packId;
  const { findOpa } = await import("@policy-pack/build");
  const opa = await findOpa(terminal);
  const { pack, timings } = await withAbort((signal) => run(terminal, { sourceDir, packId, opa, flags, signal }));
  const { describeTest } = await import("../parity/test-report.ts");
  return describeTest({ packId, pack, opa, timings });
}

interface TestRun {
  readonly sourceDir: string;
  readonly packId: string;
  readonly opa: OpaTool;
  readonly flags: TestFlags;
  readonly signal: AbortSignal;
}

async function run(
  terminal: Terminal,
  { sourceDir, packId, opa, flags, signal }: TestRun,
): Promise<{ readonly pack: AssembledPack; readonly timings: readonly StepTime[] }> {
  const { assemblePack, createSteps, readRecordedCases, readRelease, readSource, readStatedPrint } =
    await import("@policy-pack/build");
  const progress = createProgress(terminal);
  const bar = createProgressBar(terminal, "deciding", { json: flags.json === true });
  progress.step(`testing ${displayPath(terminal, sourceDir)}`);
  const steps = createSteps(({ step, ms }) => {
    progress.step(`${step} took ${ms.toFixed(0)} ms`);
  });
  try {
    const source = { files: await readSource(sourceDir), packId, release: await readRelease(sourceDir, packId) };
    const cases = await readRecordedCases(sourceDir);
    const pack = await assemblePack(source, {
      opa: opa.path,
      steps,
      signal,
      includesPrint: await readStatedPrint(sourceDir),
      failingTests: "report",
      parity: {
        ...readParity(flags),
        cases,
        onDifference: "report",
        onProgress: (done, total) => {
          bar.update(done, total);
        },
      },
    });
    return { pack, timings: steps.times };
  } finally {
    bar.clear();
    progress.done();
  }
}
