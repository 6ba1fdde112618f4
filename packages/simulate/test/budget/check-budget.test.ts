import { describe, expect, it } from "@jest/globals";
import type { Digest, JsonObject, JsonValue } from "@policy-pack/pack";
import { checkBudget, requireBudget } from "../../src/budget/check-budget.ts";
import { parseBudget, parseMigrationNote } from "../../src/budget/parse-budget.ts";
import { toDecisionDiffPredicate } from "../../src/budget/predicate.ts";
import type { MigrationNote } from "../../src/budget/budget.ts";
import type { DecisionDiff, FlipGroup } from "../../src/diff/decision-diff.ts";

const OLD = `sha256:${"a".repeat(64)}` as Digest;
const NEW = `sha256:${"b".repeat(64)}` as Digest;

function group(name: string, direction: FlipGroup["direction"], count: number): FlipGroup {
  const decision = { outcome: "DENY", value: false } as const;
  const smallest = {
    id: "a",
    origin: "log",
    shrunk: false,
    input: { secret: 7 },
    old: decision,
    new: decision,
  } as const;
  return { name, entrypoint: "a/b", direction, reason: "why", count, smallest };
}

function diffOf(groups: readonly FlipGroup[]): DecisionDiff {
  const count = (direction: FlipGroup["direction"]): number =>
    groups.filter((one) => one.direction === direction).reduce((sum, one) => sum + one.count, 0);
  return {
    generator: "policy-pack-inputs/1",
    seed: 42,
    iterations: 100,
    old: { packId: "a-v0", revision: "1", digest: OLD },
    new: { packId: "a-v0", revision: "2", digest: NEW },
    inputs: { case: 1, log: 0, random: 99 },
    compared: 100,
    flips: { denyToAllow: count("DENY_TO_ALLOW"), allowToDeny: count("ALLOW_TO_DENY"), other: count("VALUE") },
    entrypoints: [],
    groups,
    failedCases: [],
    undecided: { count: 0, targets: [] },
  };
}

const OPENED = group("deny-to-allow:a/b:why", "DENY_TO_ALLOW", 3);
const CLOSED = group("allow-to-deny:a/b:why", "ALLOW_TO_DENY", 2);
const note = (...names: readonly string[]): MigrationNote => ({
  old: OLD,
  new: NEW,
  flips: names.map((name) => ({ name, reason: "meant" })),
});

describe("checkBudget", () => {
  it.each([
    ["nothing changed and nothing may", [], 0, [], true],
    ["as many flips as permitted", [CLOSED], 2, [], true],
    ["one flip more", [CLOSED], 1, [], false],
    ["a DENY to ALLOW that nothing names", [OPENED], 100, [], false],
    ["a DENY to ALLOW that a note names", [OPENED], 3, [OPENED.name], true],
    ["named flips beyond the number", [OPENED, CLOSED], 4, [OPENED.name, CLOSED.name], false],
  ])("judges %s", (_name, groups, maxFlips, names, ok) => {
    const verdict = checkBudget(diffOf(groups), { maxFlips }, names.length === 0 ? undefined : note(...names));
    expect(verdict).toMatchObject({ ok, maxFlips, named: names.toSorted() });
    if (ok)
      expect(() => {
        requireBudget(verdict);
      }).not.toThrow();
    else
      expect(() => {
        requireBudget(verdict);
      }).toThrow(expect.objectContaining({ code: "DIFF_BUDGET_EXCEEDED" }));
  });

  it("lists what no note names, and takes several notes", () => {
    const other = group("deny-to-allow:a/c:why", "DENY_TO_ALLOW", 1);
    expect(checkBudget(diffOf([OPENED, other]), { maxFlips: 9 }, note(OPENED.name)).unnamed).toEqual([other.name]);
    expect(checkBudget(diffOf([OPENED, other]), { maxFlips: 9 }, [note(OPENED.name), note(other.name)]).ok).toBe(true);
  });

  it.each([
    ["named nothing", note(OPENED.name, "deny-to-allow:a/b:other")],
    ["is about another old pack", { ...note(OPENED.name), old: NEW }],
    ["is about another new pack", { ...note(OPENED.name), new: OLD }],
  ])("refuses a note that %s", (_name, wrong) => {
    expect(() => checkBudget(diffOf([OPENED]), { maxFlips: 9 }, wrong)).toThrow(
      expect.objectContaining({ code: "BASELINE_INVALID" }),
    );
  });

  it.each([NaN, -1, 0.5, Infinity])("refuses a budget of %d", (maxFlips) => {
    expect(() => checkBudget(diffOf([]), { maxFlips })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("parseBudget", () => {
  it("reads the number of flips", () => {
    expect(parseBudget('{"budget": {"maxFlips": 10}}')).toEqual({ maxFlips: 10 });
  });

  it.each([
    "{}",
    '{"budget": {}}',
    '{"budget": {"maxFlips": -1}}',
    '{"budget": {"maxFlips": 1, "allow": 1}}',
    '{"budget": {"maxFlips": "1"}}',
    "NaN",
  ])("refuses %s", (source) => {
    expect(() => parseBudget(source)).toThrow(expect.objectContaining({ code: "BASELINE_INVALID" }));
  });
});

describe("parseMigrationNote", () => {
  const flips = [{ name: "a", reason: "b" }];

  it("reads both digests and the names", () => {
    expect(parseMigrationNote({ old: OLD, new: NEW, flips })).toEqual({ old: OLD, new: NEW, flips });
  });

  it.each<readonly [string, JsonValue]>([
    ["no digest", { old: "sha256:1", new: NEW, flips }],
    ["no old", { new: NEW, flips }],
    ["no names", { old: OLD, new: NEW, flips: [] }],
    ["a name twice", { old: OLD, new: NEW, flips: [...flips, ...flips] }],
    ["no reason", { old: OLD, new: NEW, flips: [{ name: "a" }] }],
    ["an empty reason", { old: OLD, new: NEW, flips: [{ name: "a", reason: "" }] }],
    ["a reason without end", { old: OLD, new: NEW, flips: [{ name: "a", reason: "x".repeat(3000) }] }],
    ["more than it means", { old: OLD, new: NEW, flips, also: 1 }],
    ["a list", []],
  ])("refuses one with %s", (_name, value) => {
    expect(() => parseMigrationNote(value)).toThrow(expect.objectContaining({ code: "BASELINE_INVALID" }));
  });
});

describe("toDecisionDiffPredicate", () => {
  const diff = diffOf([OPENED, CLOSED]);

  it("names packs, counts, groups and the verdict, and holds no input", () => {
    const predicate = toDecisionDiffPredicate(diff, checkBudget(diff, { maxFlips: 5 }, note(OPENED.name)));
    expect(predicate).toMatchObject({
      old: { digest: OLD },
      new: { digest: NEW },
      compared: 100,
      flips: { denyToAllow: 3, allowToDeny: 2, other: 0 },
      groups: [{ name: OPENED.name, count: 3, direction: "DENY_TO_ALLOW" }, { name: CLOSED.name }],
      budget: { met: true, maxFlips: 5, named: [OPENED.name], unnamed: [] },
    });
    expect(JSON.stringify(predicate)).not.toContain("secret");
    expect(toDecisionDiffPredicate(diff)).not.toHaveProperty("budget");
  });

  it("refuses more groups than a verifier reads", () => {
    const groups = Array.from({ length: 1001 }, (_, index) => group(`value:a/b:${index}`, "VALUE", 1));
    const predicate = (): JsonObject => toDecisionDiffPredicate(diffOf(groups));
    expect(predicate).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });
});
