import type { Digest } from "@policy-pack/pack";

/** How much a change may flip. No budget permits a DENY_TO_ALLOW that no migration note names. */
export interface DiffBudget {
  /** All flips count, of every direction, named ones too. */
  readonly maxFlips: number;
}

/** What an approver says about a change: which groups of flips are meant. Whose signature it bears is checked elsewhere. */
export interface MigrationNote {
  readonly old: Digest;
  readonly new: Digest;
  readonly flips: readonly { readonly name: string; readonly reason: string }[];
}

/** How a diff stands to a budget. */
export interface BudgetVerdict {
  readonly ok: boolean;
  readonly maxFlips: number;
  /** All flips of the diff. */
  readonly flips: number;
  /** Names of the groups that a note names, sorted. */
  readonly named: readonly string[];
  /** Names of the DENY_TO_ALLOW groups that none names: each breaks the budget. */
  readonly unnamed: readonly string[];
}
