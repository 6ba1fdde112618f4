import { describe, expect, it } from "@jest/globals";
import { formatSize, formatTable, printReport } from "../src/report.ts";
import { createTerminal } from "./support.ts";

describe("printReport", () => {
  const report = { json: { digest: "sha256:00" }, text: "for people" };

  it("prints the text with one new line", () => {
    const terminal = createTerminal();
    printReport(terminal, report, false);
    expect(terminal.out()).toBe("for people\n");
  });

  it("prints one JSON object with --json", () => {
    const terminal = createTerminal();
    printReport(terminal, report, true);
    expect(JSON.parse(terminal.out())).toEqual({ digest: "sha256:00" });
  });
});

describe("printReport with --json", () => {
  it("keeps what a pack says from steering the terminal", () => {
    const terminal = createTerminal();
    printReport(terminal, { json: { packId: "\u009b2J" }, text: "" }, true);
    expect(terminal.out()).toContain("\\u009b2J");
  });
});

describe("formatTable", () => {
  it("aligns columns and leaves no space at the end of a line", () => {
    expect(
      formatTable([
        ["a", "long cell", "x"],
        ["longer", "b", ""],
      ]),
    ).toBe("a       long cell  x\nlonger  b");
  });

  it("keeps a cell on its line, whatever it holds", () => {
    expect(formatTable([["a\nb\u001b", "c"]])).toBe("a b\\u{1b}  c");
  });
});

describe("formatSize", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1024 * 1024, "1.0 MiB"],
  ])("returns %d bytes as people read them", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
