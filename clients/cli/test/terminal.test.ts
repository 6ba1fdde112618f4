import { describe, expect, it } from "@jest/globals";
import { createProgress, hasColours, paint, printable, printableJson } from "../src/terminal.ts";
import { createTerminal } from "./support.ts";

describe("hasColours", () => {
  it.each([
    ["a terminal", { isTTY: true }, true],
    ["a pipe", { isTTY: false }, false],
    ["NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, false],
    ["an empty NO_COLOR", { isTTY: true, env: { NO_COLOR: "" } }, true],
    ["TERM=dumb", { isTTY: true, env: { TERM: "dumb" } }, false],
  ])("answers for %s", (_name, options, expected) => {
    const terminal = createTerminal(options);
    expect(hasColours(terminal, terminal.stdout)).toBe(expected);
    expect(paint(terminal, terminal.stdout, "red", "x").includes("\u001b")).toBe(expected);
  });
});

describe("printable", () => {
  it("makes what could steer a terminal visible and keeps letters and new lines", () => {
    expect(printable("a\u001b[2Jb\r\u202e\n\tü")).toBe("a\\u{1b}[2Jb\\u{d}\\u{202e}\n\tü");
  });
});

describe("printableJson", () => {
  it("holds nothing that could steer a terminal and means the same", () => {
    const value = { "a\u009b2J": ["\u001b[2J\u007f\u202e\u2028", "\u{e0041}ü\n"] };
    const text = printableJson(value, 2);
    expect(text).not.toMatch(/[^\P{C}\n]|\u2028/u);
    expect(text).toContain("ü");
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe("createProgress", () => {
  it("writes nothing when stderr is not a terminal", () => {
    const terminal = createTerminal({ isTTY: false });
    const progress = createProgress(terminal);
    progress.step("building");
    progress.done();
    expect(terminal.err() + terminal.out()).toBe("");
  });

  it("shows the step on stderr alone and takes it away when stderr is a terminal", () => {
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const progress = createProgress(terminal);
    progress.step("building");
    progress.done();
    expect(terminal.err()).toBe("\r\u001b[Kbuilding\r\u001b[K");
    expect(terminal.out()).toBe("");
  });
});
