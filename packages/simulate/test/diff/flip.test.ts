import { describe, expect, it } from "@jest/globals";
import { directionOf, isSameDecision, nameFlip } from "../../src/diff/flip.ts";
import type { Outcome } from "../../src/outcomes/outcome.ts";

describe("directionOf", () => {
  it.each<readonly [Outcome, Outcome, string]>([
    ["DENY", "ALLOW", "DENY_TO_ALLOW"],
    ["OTHER", "ALLOW", "DENY_TO_ALLOW"],
    ["ALLOW", "DENY", "ALLOW_TO_DENY"],
    ["ALLOW", "OTHER", "ALLOW_TO_DENY"],
    ["ALLOW", "ALLOW", "VALUE"],
    ["DENY", "DENY", "VALUE"],
    ["DENY", "OTHER", "VALUE"],
    ["OTHER", "DENY", "VALUE"],
    ["OTHER", "OTHER", "VALUE"],
  ])("calls %s to %s %s", (before, after, direction) => {
    expect(directionOf({ outcome: before }, { outcome: after })).toBe(direction);
  });
});

describe("nameFlip", () => {
  const denied = { outcome: "DENY", word: "false", codes: "" } as const;
  const allowed = { outcome: "ALLOW", word: "true", codes: "" } as const;

  it.each([
    ["codes", { ...denied, codes: "a+b" }, "a+b"],
    ["no codes", denied, "unexplained"],
    ["no decision", { ...denied, error: "DECISION_UNDEFINED" as const }, "error.DECISION_UNDEFINED"],
    ["no entrypoint", { ...denied, error: "ENTRYPOINT_UNKNOWN" as const }, "entrypoint_new"],
  ])("gives a denial with %s as its reason", (_name, before, reason) => {
    expect(nameFlip("a/b", before, allowed)).toEqual({
      name: `deny-to-allow:a/b:${reason}`,
      direction: "DENY_TO_ALLOW",
      reason,
    });
  });

  it("gives both values, and the codes of the new pack or else of the old", () => {
    const warned = { outcome: "ALLOW", word: "warn", codes: "near" } as const;
    expect(nameFlip("a/b", allowed, warned).name).toBe("value:a/b:true->warn:near");
    expect(nameFlip("a/b", warned, allowed).name).toBe("value:a/b:warn->true:near");
    expect(nameFlip("a/b", allowed, { ...allowed, word: "1" }).name).toBe("value:a/b:true->1");
  });
});

describe("isSameDecision", () => {
  const decided = (value: object): { outcome: "OTHER"; value: { a: number } } => {
    return { outcome: "OTHER", value: value as { a: number } };
  };

  it("goes by the value, not by the order of its members", () => {
    expect(isSameDecision(decided({ a: 1, b: 2 }), decided({ b: 2, a: 1 }))).toBe(true);
    expect(isSameDecision(decided({ a: 1 }), decided({ a: 2 }))).toBe(false);
  });

  it("tells errors from values and from each other", () => {
    const failed = { outcome: "DENY", error: "EVALUATION_FAILED" } as const;
    expect(isSameDecision(failed, failed)).toBe(true);
    expect(isSameDecision(failed, { outcome: "DENY", error: "DECISION_UNDEFINED" })).toBe(false);
    expect(isSameDecision(failed, { outcome: "DENY", value: false })).toBe(false);
  });
});
