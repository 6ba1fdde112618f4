import { describe, expect, it } from "@jest/globals";
import { parseTrustedRoot } from "@policy-pack/verify";
import { certifiesUntil, describeAuthorities } from "../src/authorities.ts";
import type { AuthorityFacts } from "../src/authorities.ts";
import { readPublicGoodRoot } from "../src/public-good.ts";

describe("describeAuthorities", () => {
  it("returns each authority of the public-good root with its time", () => {
    const authorities = describeAuthorities(parseTrustedRoot(readPublicGoodRoot()));
    expect(new Set(authorities.map(({ role }) => role))).toEqual(
      new Set(["certificate authority", "timestamp authority", "transparency log", "certificate log"]),
    );
    for (const { start } of authorities) expect(start).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
});

describe("certifiesUntil", () => {
  const ca = (start: string, end: string | null): AuthorityFacts => ({
    role: "certificate authority",
    name: "",
    start: `${start}T00:00:00.000Z`,
    end: end === null ? null : `${end}T00:00:00.000Z`,
    key: { kind: "P-256", hint: "" },
  });
  const now = new Date("2026-06-01T00:00:00Z");

  it.each([
    [
      "the latest end of those that are open",
      [ca("2020-01-01", "2027-01-01"), ca("2021-01-01", "2029-01-01")],
      "2029-01-01",
    ],
    ["no end", [ca("2020-01-01", "2027-01-01"), ca("2021-01-01", null)], "open end"],
    ["nothing when all have ended", [ca("2020-01-01", "2026-05-01")], undefined],
    ["nothing when none has begun", [ca("2026-07-01", "2030-01-01")], undefined],
    ["nothing of a log", [{ ...ca("2020-01-01", null), role: "transparency log" }], undefined],
  ])("returns %s", (_name, authorities, expected) => {
    expect(certifiesUntil(authorities, now)).toBe(expected);
  });
});
