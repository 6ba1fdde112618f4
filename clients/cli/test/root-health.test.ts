import { describe, expect, it } from "@jest/globals";
import type { AuthorityFacts } from "../src/authorities.ts";
import { findRootProblems } from "../src/root-health.ts";

const now = new Date("2026-06-01T00:00:00Z");
const day = (text: string): string => `${text}T00:00:00.000Z`;

function authority(start: string, end: string | null, role = "transparency log"): AuthorityFacts {
  return { role, name: "", start: day(start), end: end === null ? null : day(end), key: { kind: "P-256", hint: "" } };
}

const find = (authorities: readonly AuthorityFacts[], soonDays = 30): readonly unknown[] =>
  findRootProblems(authorities, { now, soonDays }).map(({ kind, from, until, isCurrent }) => [
    kind,
    from.slice(0, 10),
    until?.slice(0, 10) ?? null,
    isCurrent,
  ]);

describe("findRootProblems", () => {
  it.each<[string, readonly AuthorityFacts[], readonly unknown[]]>([
    ["nothing for an authority that stays open", [authority("2020-01-01", null)], []],
    ["nothing for an end beyond the days", [authority("2020-01-01", "2026-07-02")], []],
    [
      "nothing for a rotation that overlaps",
      [authority("2020-01-01", "2025-01-01"), authority("2024-12-01", null)],
      [],
    ],
    [
      "nothing for a rotation without a pause",
      [authority("2020-01-01", "2025-01-01"), authority("2025-01-01", null)],
      [],
    ],
    ["an end within the days", [authority("2020-01-01", "2026-06-30")], [["ending", "2026-06-30", null, true]]],
    [
      "nothing for an end whose successor stands ready",
      [authority("2020-01-01", "2026-06-30"), authority("2026-06-01", null)],
      [],
    ],
    ["what has ended", [authority("2020-01-01", "2026-05-31")], [["ended", "2026-05-31", null, true]]],
    ["what has not begun", [authority("2026-06-02", null)], [["ended", "2026-06-01", "2026-06-02", true]]],
    [
      "a gap that is now",
      [authority("2020-01-01", "2026-05-01"), authority("2026-07-01", null)],
      [["ended", "2026-05-01", "2026-07-01", true]],
    ],
    [
      "a gap ahead",
      [authority("2020-01-01", "2026-06-10"), authority("2026-06-20", null)],
      [["gap", "2026-06-10", "2026-06-20", true]],
    ],
    [
      "a gap of the past, without alarm",
      [authority("2020-01-01", "2021-01-01"), authority("2022-01-01", null)],
      [["gap", "2021-01-01", "2022-01-01", false]],
    ],
    ["a window that was never open", [authority("2024-01-01", "2023-01-01")], [["ended", "2026-06-01", null, true]]],
  ])("returns %s", (_name, authorities, expected) => {
    expect(find(authorities)).toEqual(expected);
  });

  it("returns nothing for an end on the very last day when no days are asked for", () => {
    expect(find([authority("2020-01-01", "2026-06-02")], 0)).toEqual([]);
    expect(find([authority("2020-01-01", "2026-06-02")], 1)).toHaveLength(1);
  });

  it("looks at each role for itself", () => {
    const authorities = [authority("2020-01-01", null), authority("2020-01-01", "2021-01-01", "timestamp authority")];
    expect(findRootProblems(authorities, { now, soonDays: 30 }).map(({ role }) => role)).toEqual([
      "timestamp authority",
    ]);
  });
});
