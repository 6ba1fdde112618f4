import { parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { readArray, readCount, readDigest, readObject, readText, refuse } from "../fields.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { DiffBudget, MigrationNote } from "./budget.ts";

const MAX_TEXT = 2_000;

/**
 * Reads a budget file: `{"budget": {"maxFlips": 10}}`.
 * @throws FormatError BASELINE_INVALID | LIMIT_EXCEEDED
 */
export function parseBudget(source: string | Uint8Array): DiffBudget {
  const what = "the diff budget";
  const value = parseJson(source, { maxBytes: SIMULATE_LIMITS.maxNoteBytes, code: "BASELINE_INVALID", what });
  const { maxFlips } = readObject(readObject(value, ["budget"], what)["budget"], ["maxFlips"], "budget");
  return { maxFlips: readCount(maxFlips, "budget.maxFlips") };
}

/**
 * Reads a migration note from the predicate of its statement (type `urn:policy-pack:migration-note:v1`), or from a file
 * that holds the same object: `{"old": digest, "new": digest, "flips": [{"name": ..., "reason": ...}]}`. Who signed the
 * statement, and that its subject is the new pack, is checked before.
 * @throws FormatError BASELINE_INVALID
 */
export function parseMigrationNote(predicate: JsonValue): MigrationNote {
  const what = "the migration note";
  const note = readObject(predicate, ["old", "new", "flips"], what);
  const flips = readArray(note["flips"], "flips").map((item, index) => readFlip(item, `flips[${index}]`));
  if (flips.length === 0) refuse("flips", "a list that names a group");
  if (new Set(flips.map(({ name }) => name)).size !== flips.length) refuse("flips", "without the same name twice");
  return { old: readDigest(note["old"], "old"), new: readDigest(note["new"], "new"), flips };
}

function readFlip(value: JsonValue, at: string): MigrationNote["flips"][number] {
  const flip = readObject(value, ["name", "reason"], at);
  const read = (key: "name" | "reason"): string => {
    const text = readText(flip[key], `${at}.${key}`);
    return text.length <= MAX_TEXT ? text : refuse(`${at}.${key}`, `a text of at most ${MAX_TEXT} characters`);
  };
  return { name: read("name"), reason: read("reason") };
}
