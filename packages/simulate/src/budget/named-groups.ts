import { FormatError } from "@policy-pack/pack";
import type { PackName } from "../diff/decision-diff.ts";
import type { MigrationNote } from "./budget.ts";

/** What notes are about: the two packs, and the names of the groups that flipped. */
export interface NamedChange {
  readonly old: PackName;
  readonly new: PackName;
  readonly groups: readonly { readonly name: string }[];
}

/**
 * The groups that the notes name.
 * @throws FormatError BASELINE_INVALID for a note about other packs, or one that names a group which did not flip: it was
 *   written for another change, and what its writer meant to accept is not known
 */
export function namedGroups(change: NamedChange, notes: readonly MigrationNote[]): ReadonlySet<string> {
  const flipped = new Set(change.groups.map(({ name }) => name));
  const named = new Set<string>();
  for (const note of notes) {
    if (note.old !== change.old.digest || note.new !== change.new.digest) {
      throw new FormatError(
        "BASELINE_INVALID",
        `The migration note is about the change from ${note.old} to ${note.new}, not from ${change.old.digest} to ${change.new.digest}; write one for this change.`,
      );
    }
    for (const { name } of note.flips) {
      if (!flipped.has(name)) {
        throw new FormatError(
          "BASELINE_INVALID",
          `The migration note named nothing with ${JSON.stringify(name.slice(0, 200))}: no decision flipped in that group. Copy the names from the diff.`,
        );
      }
      named.add(name);
    }
  }
  return named;
}

/** One note, several or none, as a list. */
export function asNotes(note: MigrationNote | readonly MigrationNote[] | undefined): readonly MigrationNote[] {
  if (note === undefined) return [];
  return "flips" in note ? [note] : note;
}
