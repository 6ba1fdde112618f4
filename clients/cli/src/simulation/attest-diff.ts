import { ConfigError, PREDICATE_TYPES } from "@policy-pack/pack";
import type { BudgetVerdict } from "@policy-pack/simulate";
import type { Command } from "commander";
import { addAttestSignerFlags, toSignerFlags } from "../attestations/summary-flags.ts";
import type { AttestSignerFlags } from "../attestations/summary-flags.ts";
import { bundleTarget, checkTarget } from "../bundle-output.ts";
import type { Report } from "../report.ts";
import { readSigner } from "../signing.ts";
import { describeSigned, signStatementTo } from "../statement-signing.ts";
import type { Terminal } from "../terminal.ts";
import { groupFlags, valueFlag } from "../verb.ts";
import type { Decided } from "./decide-pair.ts";

export interface AttestDiffFlags extends AttestSignerFlags {
  readonly attest?: string;
}

/** Signs what came out. */
export type DiffSigner = (
  { diff, outcomes }: Pick<Decided, "diff" | "outcomes">,
  verdict: BudgetVerdict | undefined,
) => Promise<Report>;

/** Adds the flags that `openDiffSigner` reads. */
export function addAttestDiffFlags(command: Command): Command {
  return groupFlags(command, "Sign what came out:", () => {
    const what =
      "sign the diff as a statement about both packs, and write its bundle here; the flags below say with what";
    command.addOption(valueFlag("--attest <file>", what));
    addAttestSignerFlags(command);
  });
}

/**
 * Opens the signer before anything is decided, so that a wrong flag or password is told at once; undefined when nothing is
 * to be signed. What is signed holds counts and the names of groups, and no input.
 * @param sources files that the bundle must not replace
 * @throws ConfigError CONFIG_INVALID; as `readSigner`
 */
export async function openDiffSigner(
  terminal: Terminal,
  flags: AttestDiffFlags,
  sources: readonly string[],
): Promise<DiffSigner | undefined> {
  const { attest } = flags;
  const signing = toSignerFlags(flags);
  if (attest === undefined) {
    if (Object.keys(signing).length === 0) return undefined;
    throw new ConfigError("CONFIG_INVALID", "Flags say how to sign the diff; say where with --attest FILE.");
  }
  const target = bundleTarget(terminal, { bundle: attest }, attest, attest);
  await checkTarget(terminal, target, [...sources, ...(signing.key === undefined ? [] : [signing.key])]);
  const signer = await readSigner(terminal, signing);
  return async ({ diff, outcomes }, verdict) => {
    const { toDecisionDiffPredicate } = await import("@policy-pack/simulate");
    const { old, new: next } = diff;
    if (old.digest === next.digest) {
      throw new ConfigError(
        "CONFIG_INVALID",
        "Both packs are the same; a statement about no change would prove nothing.",
      );
    }
    const content = {
      subjects: [
        { name: `old/${old.packId}.tar`, digest: old.digest },
        { name: `new/${next.packId}.tar`, digest: next.digest },
      ],
      predicateType: PREDICATE_TYPES.decisionDiff,
      predicate: {
        ...toDecisionDiffPredicate(diff, verdict),
        // What counts as ALLOW is half of the answer: whoever judges it can demand that nobody chose it.
        ...(outcomes === undefined ? {} : { outcomes: outcomes.digest }),
      },
    };
    return describeSigned(terminal, content, await signStatementTo(terminal, { content, target, signer }), signer);
  };
}
