import { ConfigError } from "@policy-pack/pack";
import type { BudgetVerdict, DecisionDiff, DiffBudget } from "@policy-pack/simulate";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import type { RootFlags } from "../trust.ts";
import { SIMULATION_LIMITS } from "./limits.ts";
import { checkNoteFlags, readMigrationNotes } from "./migration-notes.ts";
import type { ApprovedNote, NoteFlags } from "./migration-notes.ts";

export interface BudgetFlags extends NoteFlags {
  readonly budget?: string;
}

export interface JudgedBudget {
  readonly verdict: BudgetVerdict;
  readonly notes: readonly ApprovedNote[];
}

/**
 * Reads the budget before anything is decided; undefined when none is named.
 * @throws ConfigError CONFIG_INVALID for a note without a budget; FormatError BASELINE_INVALID, LIMIT_EXCEEDED
 */
export async function readBudget(terminal: Terminal, flags: BudgetFlags): Promise<DiffBudget | undefined> {
  const { budget: path, note } = flags;
  checkNoteFlags(flags);
  if (path === undefined) {
    if (note === undefined) return undefined;
    throw new ConfigError("CONFIG_INVALID", "A migration note is held against a budget; name it with --budget FILE.");
  }
  const { parseBudget } = await import("@policy-pack/simulate");
  const bytes = await readInputFile(terminal, path, { what: "The budget", maxBytes: SIMULATION_LIMITS.maxBudgetBytes });
  return naming(path, () => parseBudget(bytes));
}

/**
 * How the diff stands to the budget, with what listed approvers named.
 * @throws ConfigError CONFIG_INVALID when nothing was compared; as `readMigrationNotes`; FormatError BASELINE_INVALID for a
 *   note about another change
 */
export async function judgeBudget(
  terminal: Terminal,
  flags: BudgetFlags & RootFlags,
  diff: DecisionDiff,
  budget: DiffBudget,
): Promise<JudgedBudget> {
  const { checkBudget } = await import("@policy-pack/simulate");
  if (diff.compared === 0) {
    const message =
      "No decision was compared, so that a budget would be met by any change; give inputs that a pack decides.";
    throw new ConfigError("CONFIG_INVALID", message);
  }
  const notes = await readMigrationNotes(terminal, flags, diff.new.digest);
  const verdict = checkBudget(
    diff,
    budget,
    notes.map(({ note }) => note),
  );
  return { verdict, notes };
}
