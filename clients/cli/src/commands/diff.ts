import { resolve } from "node:path";
import { ConfigError, TrustError } from "@policy-pack/pack";
import type { Command } from "commander";
import { Rejection } from "../rejection.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { addAttestDiffFlags, openDiffSigner } from "../simulation/attest-diff.ts";
import type { AttestDiffFlags } from "../simulation/attest-diff.ts";
import { decidePair } from "../simulation/decide-pair.ts";
import type { DecideFlags } from "../simulation/decide-pair.ts";
import { judgeBudget, readBudget } from "../simulation/diff-budget.ts";
import type { BudgetFlags } from "../simulation/diff-budget.ts";
import { describeDiff } from "../simulation/diff-report.ts";
import { loadPair } from "../simulation/pack-pair.ts";
import type { PairFlags } from "../simulation/pack-pair.ts";
import { addRandomFlags } from "../simulation/random-flags.ts";
import { openReportFiles, writeReportFiles } from "../simulation/report-files.ts";
import type { ReportFileFlags } from "../simulation/report-files.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags } from "../trust.ts";
import { createVerb, listFlag, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

type DiffFlags = CommonFlags & PairFlags & DecideFlags & BudgetFlags & ReportFileFlags & AttestDiffFlags;

/** `policy-pack diff`: which decisions change from one pack to another. */
export function addDiff({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "diff",
      summary: "say which decisions change from one pack to another",
      description:
        "Decides recorded cases, decision logs and random inputs under both packs, and says which decisions differ: " +
        "DENY to ALLOW first, grouped by rule and reason, each group with its smallest example. A pack is a source " +
        "folder, an unpacked pack's folder, a tar or an address. OLD is verified as verify does, and so is NEW unless " +
        "it is a source folder, which is built in memory. That decisions differ is an answer (exit 0); with --budget " +
        "more than it permits is an error (exit 5).",
      examples: [
        "policy-pack diff dist/policy-pack/v0/policy-pack-v0.tar contracts/policy-pack/v0 --dev-authority \\\n" +
          "      --old-bundle contracts/policy-pack/v0/signing/cosign.bundle.json --markdown diff.md --html diff.html",
        "policy-pack diff https://packs.example.com/v1/policy/packs/access-v1 contracts/access/v1 \\\n" +
          "      --policy policy.json --inputs decisions.jsonl.gz --budget budget.json \\\n" +
          "      --note note.sigstore.json --note-policy approvers.json",
        "policy-pack diff access-1.tar access-2.tar --old-bundle access-1.sigstore.json \\\n" +
          "      --new-bundle access-2.sigstore.json --policy policy.json --attest diff.sigstore.json --attest-key ci.key",
      ],
    },
    version,
  )
    .argument("<old>", "the pack in use")
    .argument("<new>", "the pack that is to follow it")
    .addOption(listFlag("--old-bundle <path>", "OLD's Sigstore bundles, as verify takes them; beside an address's own"))
    .addOption(listFlag("--new-bundle <path>", "NEW's Sigstore bundles; a source folder needs none"))
    .addOption(packIdFlag())
    .option("--unsafe-unverified", "take both packs as they are, whoever made them; never for a decision that matters")
    .addOption(
      listFlag(
        "--inputs <path>",
        "recorded cases (.json), a decision log (JSON lines or OPA's; also .gz; - is stdin), or a folder of both;" +
          " beside the cases/ of NEW's source",
      ),
    )
    .option("--allow-torn-tail", "leave out a log's last line when it is torn, and say so");
  addRandomFlags(command)
    .addOption(
      valueFlag(
        "--outcomes <file>",
        "which values allow and deny (default: cases/outcomes.json of OLD's source, or NEW's)",
      ),
    )
    .addOption(valueFlag("--budget <file>", 'how much may change: {"budget": {"maxFlips": 10}}'))
    .addOption(listFlag("--note <path>", "signed migration notes, which name what may turn from DENY to ALLOW"))
    .addOption(valueFlag("--note-policy <file>", "the verification policy that lists who may sign notes"))
    .addOption(valueFlag("--markdown <file>", "write a comment for a pull request here"))
    .addOption(valueFlag("--html <file>", "write a page with charts here"));
  return addAttestDiffFlags(addTrustFlags(command)).action((old: string, next: string, flags: DiffFlags) =>
    answer(
      flags,
      withAbort((signal) => diff(terminal, { old, next }, flags, signal)),
    ),
  );
}

interface PackNames {
  readonly old: string;
  readonly next: string;
}

async function diff(terminal: Terminal, names: PackNames, flags: DiffFlags, signal: AbortSignal): Promise<Report> {
  if (flags.unsafeUnverified === true && flags.attest !== undefined) {
    throw new ConfigError("CONFIG_INVALID", "What nobody has verified is not attested; leave --attest out.");
  }
  const files = await openReportFiles(terminal, flags);
  const budget = await readBudget(terminal, flags);
  const attest = await openDiffSigner(terminal, flags, sourcesOf(terminal, names, flags));
  const pair = await loadPair(terminal, names, flags, signal);
  const decided = await decidePair(terminal, pair, flags, signal);
  const judged = budget === undefined ? undefined : await judgeBudget(terminal, flags, decided.diff, budget);
  signal.throwIfAborted();
  const { diffHtml, diffMarkdown, requireBudget } = await import("@policy-pack/simulate");
  await writeReportFiles(files, {
    markdown: () => diffMarkdown(decided.diff, judged?.verdict),
    html: () => diffHtml(decided.diff, judged?.verdict),
  });
  const outcome = { pair, decided, judged, files };
  if (judged !== undefined) {
    try {
      requireBudget(judged.verdict);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      throw new Rejection(error, await describeDiff(terminal, outcome));
    }
  }
  const attestation = await attest?.(decided, judged?.verdict);
  return describeDiff(terminal, { ...outcome, attestation });
}

/** What a bundle must not replace. */
function sourcesOf(terminal: Terminal, { old, next }: PackNames, flags: DiffFlags): readonly string[] {
  const { oldBundle = [], newBundle = [], note = [], policy, notePolicy, budget } = flags;
  const named = [policy, notePolicy, budget, flags.markdown, flags.html].filter((file) => file !== undefined);
  const packs = [old, next].filter((pack) => !/^https?:/i.test(pack));
  return [...packs, ...oldBundle, ...newBundle, ...note, ...named].map((file) => resolve(terminal.cwd, file));
}
