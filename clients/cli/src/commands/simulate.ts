import { ConfigError, packPaths } from "@policy-pack/pack";
import type { Command } from "commander";
import { DEFAULT_PACK_ID } from "../locate.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { baselinePath } from "../simulation/baseline-file.ts";
import { checkAgainstBaseline, updateBaseline } from "../simulation/baseline-run.ts";
import { checkNoteFlags } from "../simulation/migration-notes.ts";
import type { NoteFlags } from "../simulation/migration-notes.ts";
import { openVerifier } from "../simulation/pack-pair.ts";
import { loadPack } from "../simulation/pack-source.ts";
import { addRandomFlags } from "../simulation/random-flags.ts";
import type { RandomFlags } from "../simulation/random-flags.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { createVerb, listFlag, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface SimulateFlags extends CommonFlags, TrustFlags, RandomFlags, NoteFlags {
  readonly check?: true;
  readonly update?: true;
  readonly baseline?: string;
  readonly outcomes?: string;
  readonly packId?: string;
  readonly bundle?: readonly string[];
  readonly unsafeUnverified?: true;
}

/** `policy-pack simulate`: whether a pack still decides as its baseline says. */
export function addSimulate({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "simulate",
      summary: "hold a pack's decisions against its baseline",
      description:
        "Draws random inputs from the pack's input schemas, decides them, and holds the decisions against a baseline: " +
        "--check fails (exit 5) when a pass rate moved by more than 0.005, a decision flipped in a way that no " +
        "migration note names, or a recorded case is not decided as expected; --update writes the baseline anew. A source folder is built in memory; a tar or an address " +
        "is verified as verify does.",
      examples: [
        "policy-pack simulate --check",
        "policy-pack simulate contracts/access/v1 --update --seed 42 --iterations 1000",
        "policy-pack simulate --check --note note.sigstore.json --note-policy approvers.json --json",
      ],
    },
    version,
  )
    .argument("[pack]", `a source folder, a tar or an address (default: ${packPaths("", DEFAULT_PACK_ID).source})`)
    .option("--check", "fail when decisions differ from the baseline")
    .option("--update", "write the baseline anew")
    .addOption(valueFlag("--baseline <file>", "the baseline (default: cases/baseline.json of the source folder)"));
  addRandomFlags(command)
    .addOption(
      valueFlag("--outcomes <file>", "which values allow and deny (default: cases/outcomes.json of the source)"),
    )
    .addOption(packIdFlag())
    .addOption(listFlag("--note <path>", "signed migration notes, which name the flips that are meant"))
    .addOption(valueFlag("--note-policy <file>", "the verification policy that lists who may sign notes"))
    .addOption(listFlag("--bundle <path>", "the Sigstore bundles of a tar or an address, as for verify"))
    .option("--unsafe-unverified", "take the pack as it is, whoever made it; never for a decision that matters");
  return addTrustFlags(command).action((pack: string | undefined, flags: SimulateFlags) =>
    answer(
      flags,
      withAbort((signal) => simulate(terminal, pack ?? packPaths("", DEFAULT_PACK_ID).source, flags, signal)),
    ),
  );
}

async function simulate(terminal: Terminal, name: string, flags: SimulateFlags, signal: AbortSignal): Promise<Report> {
  checkFlags(flags);
  const bundles = flags.bundle ?? [];
  const verifier = openVerifier(terminal, flags, bundles);
  const request = { pack: name, bundles, bundleFlag: "--bundle", packId: flags.packId, acceptsSource: true };
  const pack = await loadPack(terminal, request, { verifier, signal });
  const path = baselinePath(terminal, flags.baseline, pack);
  const run = { pack, path, flags, signal };
  return flags.update === true ? updateBaseline(terminal, run) : checkAgainstBaseline(terminal, run);
}

function checkFlags(flags: SimulateFlags): void {
  const { check, update, seed, iterations, note } = flags;
  checkNoteFlags(flags);
  if ((check === undefined) === (update === undefined)) {
    throw new ConfigError("CONFIG_INVALID", "Say what to do with the baseline: --check or --update.");
  }
  if (check === true && (seed ?? iterations) !== undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--check draws what the baseline says; --seed and --iterations are for --update.",
    );
  }
  if (update === true && note !== undefined) {
    throw new ConfigError("CONFIG_INVALID", "--update takes what the pack decides as it is; a note is for --check.");
  }
  if (update === true && iterations === "0") {
    throw new ConfigError("CONFIG_INVALID", "A baseline of no inputs says nothing; give more --iterations.");
  }
}
