import { describe, expect, it } from "@jest/globals";
import { createServerLog } from "../src/server-log.ts";
import { createTerminal } from "./support.ts";

describe("createServerLog", () => {
  it("writes JSON lines with pino's fields to stderr alone", () => {
    const terminal = createTerminal();
    createServerLog(terminal, "info").child({ packId: "a-v0" }).warn({ step: "build" }, "slow");
    expect(JSON.parse(terminal.err())).toEqual({
      level: 40,
      time: expect.any(Number),
      packId: "a-v0",
      step: "build",
      msg: "slow",
    });
    expect(terminal.out()).toBe("");
  });

  it.each([
    ["info", ["info", "error"]],
    ["error", ["error"]],
    ["silent", []],
  ])("at %s writes no lower level", (level, expected) => {
    const terminal = createTerminal();
    const log = createServerLog(terminal, level);
    log.debug("debug");
    log.info("info");
    log.error("error");
    log.silent("silent");
    const lines = terminal.err().split("\n").slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(expected);
  });

  it("keeps what a build prints from steering the terminal", () => {
    const terminal = createTerminal();
    createServerLog(terminal, "info").error({ output: "\u009b2J" }, "failed");
    expect(terminal.err()).toContain("\\u009b2J");
  });

  it("keeps an error's message and stack", () => {
    const terminal = createTerminal();
    const log = createServerLog(terminal, "info");
    log.error({ err: new RangeError("broken"), packId: "a-v0" }, "failed");
    expect(JSON.parse(terminal.err())).toMatchObject({ packId: "a-v0", err: { message: "broken" }, msg: "failed" });
  });
});
