import { describe, expect, it } from "@jest/globals";
import { createProgressBar } from "../../src/simulation/progress-bar.ts";
import type { Terminal } from "../../src/terminal.ts";
import { createTerminal } from "../support.ts";

const PLAIN: Readonly<Record<string, string>> = { NO_COLOR: "1" };

interface Looks {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the bar shows at the share, without what clears the line. */
function lineAt(share: number, { columns = 80, env = PLAIN }: Looks = {}): string {
  const written: string[] = [];
  const stderr = { isTTY: true, columns, write: (text: string) => written.push(text) };
  const terminal: Terminal = { ...createTerminal(), env, stderr };
  createProgressBar(terminal, "deciding", { json: false }).update(share * 1000, 1000);
  return written.join("").replace("\r\u001b[K", "");
}

describe("createProgressBar", () => {
  it.each([
    ["stderr is no terminal", { isTTY: false }, false],
    ["the answer is JSON", { isTTY: true }, true],
    ["the terminal is a dumb one", { isTTY: true, env: { TERM: "dumb" } }, false],
  ])("when %s writes nothing", (_, options, json) => {
    const terminal = createTerminal(options);
    const bar = createProgressBar(terminal, "deciding", { json });
    bar.update(1, 2);
    bar.clear();
    expect(terminal.out() + terminal.err()).toBe("");
  });

  it.each([
    [0, /^deciding \.{40} {3}0 %$/],
    [0.5, /^deciding #{20}\.{20} {2}50 %$/],
    [0.999, /^deciding #{39}\. {2}99 %$/],
    [1, /^deciding #{40} 100 %$/],
    [1.5, /^deciding #{40} 100 %$/],
  ])("when the share is %d shows it", (share, expected) => {
    expect(lineAt(share)).toMatch(expected);
  });

  it("when nothing is to be done shows the end", () => {
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    createProgressBar(terminal, "deciding", { json: false }).update(0, 0);
    expect(terminal.err()).toContain("100 %");
  });

  it.each([200, 80, 40, 27, 26, 20, 6, 5, 3, 1])("in %d columns leaves the last one free", (columns) => {
    expect(lineAt(1, { columns }).length).toBeLessThan(columns);
  });

  it("in few columns shows the number alone", () => {
    expect(lineAt(0.42, { columns: 20 })).toBe("42 %");
  });

  it("shows colours where they are wanted, and none with NO_COLOR", () => {
    expect(lineAt(0.5, { env: {} })).toContain("\u001b[32m█");
    expect(lineAt(0.5)).toMatch(/^[ -~]+$/);
  });

  it("writes a line again only when it changes, and takes it away once", () => {
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const bar = createProgressBar(terminal, "deciding", { json: false });
    for (let done = 0; done < 1000; done += 1) bar.update(done, 1_000_000);
    bar.clear();
    bar.clear();
    expect(terminal.err().split("\r\u001b[K")).toHaveLength(3);
    expect(terminal.err().endsWith("\r\u001b[K")).toBe(true);
  });
});
