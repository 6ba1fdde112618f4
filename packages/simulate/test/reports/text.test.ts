import { describe, expect, it } from "@jest/globals";
import { diffText } from "../../src/reports/text.ts";
import { diffWith, groupWith, HOSTILE, NOTHING_CHANGED, verdictWith } from "./hostile.ts";

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
/** The only sequences of the report's own. */
const PAINT = ["0", "1", "2", "1;37;41", "1;31", "1;32", "33"].map((code) => `\u001b[${code}m`);

function unpainted(report: string): string {
  return PAINT.reduce((text, sequence) => text.replaceAll(sequence, ""), report);
}

describe("diffText", () => {
  describe.each([60, 80, 160])("when the terminal has %d columns", (columns) => {
    it.each(HOSTILE)("shows %j without any character that acts, in lines that fit", (text) => {
      const report = diffText(diffWith(text), verdictWith(text), { columns });
      const lines = report.split("\n");
      expect(lines.filter((line) => HIDDEN.test(line))).toEqual([]);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    });

    it.each(HOSTILE)("paints nothing that %j asks for", (text) => {
      const report = diffText(diffWith(text), verdictWith(text), { columns, colours: true });
      expect(unpainted(report)).toBe(diffText(diffWith(text), verdictWith(text), { columns }));
    });
  });

  it("keeps its lines whatever the texts are", () => {
    const heads = (text: string) =>
      diffText(diffWith(text), verdictWith(text))
        .split("\n")
        .filter((line) => /^ ?[!A-Z]/.test(line) && !line.startsWith("Note:"));
    expect(heads("\nBudget met: 0 flips\n")).toEqual(heads("plain"));
  });

  it("tells DENY to ALLOW before anything else, marked without colours too", () => {
    const report = diffText(diffWith("cos/a/allow"));
    const [first] = report.split("\n");
    expect(first).toContain("12 decisions change from DENY to ALLOW");
    const places = [" !! DENY to ALLOW: 12 decisions in 1 group !!", "ALLOW to DENY: 7", "Other changes of value: 3"];
    expect(places.map((text) => report.indexOf(text))).toEqual(
      places.map((text) => report.indexOf(text)).toSorted((one, other) => one - other),
    );
    expect(report.indexOf(places[0] ?? "")).toBeGreaterThan(0);
  });

  it("tells a single decision as one", () => {
    const one = { ...diffWith("a"), flips: { denyToAllow: 1, allowToDeny: 0, other: 0 } };
    expect(diffText(one)).toMatch(/^1 decision changes from DENY to ALLOW \(1 of [0-9,]+ changes in all\)\.\n/);
  });

  it("marks what no migration note names, only where there is a budget", () => {
    expect(diffText(diffWith("a"), verdictWith("a"))).toMatch(/NOT NAMED/);
    expect(diffText(diffWith("a"))).not.toMatch(/NAMED/i);
    expect(diffText(diffWith("a"), verdictWith("a"))).toMatch(/Budget EXCEEDED/);
    expect(diffText(diffWith("a"), { ...verdictWith("a"), ok: true })).toMatch(/Budget met/);
  });

  it("tells an entrypoint that is gone, and decisions that were not made", () => {
    const report = diffText(diffWith("a"));
    expect(report).toContain("only in the old pack");
    expect(report).toContain("without a decision: 1 old, 1 new");
    expect(report).toContain("DENY without a decision (DECISION_UNDEFINED)");
  });

  it("tells that nothing changed, and that nothing was compared", () => {
    expect(diffText(NOTHING_CHANGED)).toMatch(/^No decision changes\.\n/);
    expect(diffText({ ...NOTHING_CHANGED, compared: 0 })).toMatch(/^Nothing was compared/);
    expect(diffText(NOTHING_CHANGED)).toContain("DENY to ALLOW: none");
    expect(diffText(NOTHING_CHANGED)).not.toContain("!!");
  });

  it("cuts long lists and long inputs, and says so", () => {
    const groups = Array.from({ length: 100 }, (_, index) => groupWith(`g${index}`, "DENY_TO_ALLOW"));
    const report = diffText({ ...diffWith("a"), groups });
    expect(report).toContain("and 70 more groups; --json tells all");
    expect(report).toContain("and 88 more examples; --json tells all");
    expect(diffText(diffWith("x".repeat(5_000)))).toMatch(/more\s+characters\)/);
  });

  it("tells a share as 0 or 100 % only when it is", () => {
    const [entry] = diffWith("a").entrypoints;
    if (entry === undefined) throw new Error("no entrypoint");
    const outcomes = { allow: 1, deny: 99_999, other: 0, errors: 0 };
    const share = { ...entry, compared: 100_000, old: outcomes, new: { ...outcomes, allow: 99_999, deny: 1 } };
    const rates = (changed: object) => diffText({ ...diffWith("a"), entrypoints: [{ ...share, ...changed }] });
    expect(rates({})).toMatch(/< 0\.01 %\s+> 99\.99 %/);
    expect(rates({ old: { ...outcomes, allow: 0 }, new: { ...outcomes, allow: 100_000 } })).toMatch(/ 0 %\s+100 %/);
    expect(rates({ compared: 0 })).toMatch(/none\s+none/);
  });
});
