import { describe, expect, it } from "@jest/globals";
import {
  ConfigError,
  EvaluationError,
  FormatError,
  TransportError,
  TrustError,
  VerificationError,
} from "@policy-pack/pack";
import { CommanderError } from "commander";
import { reportFailure } from "../src/failure.ts";
import { createTerminal } from "./support.ts";

const CASES: readonly (readonly [Error, number, string, boolean])[] = [
  [new ConfigError("SOURCE_INVALID", "m"), 2, "SOURCE_INVALID", false],
  [new FormatError("BUNDLE_INVALID", "m"), 3, "BUNDLE_INVALID", false],
  [new VerificationError("SIGNATURE_INVALID", "m"), 4, "SIGNATURE_INVALID", false],
  [new TrustError("IDENTITY_MISMATCH", "m"), 5, "IDENTITY_MISMATCH", false],
  [new TransportError("FETCH_TIMEOUT", "m"), 6, "FETCH_TIMEOUT", true],
  [new EvaluationError("DECISION_UNDEFINED", "m"), 7, "DECISION_UNDEFINED", false],
  [new CommanderError(1, "commander.unknownOption", "error: m"), 2, "CONFIG_INVALID", false],
  [new RangeError("m"), 1, "UNEXPECTED", false],
];

describe("reportFailure", () => {
  it.each(CASES)("returns the exit code of the class (%#)", (thrown, exitCode, code) => {
    const terminal = createTerminal();
    expect(reportFailure(terminal, thrown, false, "policy-pack verify")).toBe(exitCode);
    expect(terminal.err().startsWith(`error ${code}: m\n`)).toBe(true);
    expect(terminal.out()).toBe("");
  });

  it.each(CASES)(
    "prints code, message and retryable on stdout with --json (%#)",
    (thrown, exitCode, code, retryable) => {
      const terminal = createTerminal();
      expect(reportFailure(terminal, thrown, true, "policy-pack verify")).toBe(exitCode);
      expect(JSON.parse(terminal.out())).toEqual({ error: { code, message: "m", retryable } });
      expect(terminal.err()).toBe("");
    },
  );

  it("names each cause once, with its system code", () => {
    const terminal = createTerminal();
    const disk = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    reportFailure(terminal, new ConfigError("OUTPUT_FAILED", "m", { cause: disk }), false, "");
    expect(terminal.err()).toBe("error OUTPUT_FAILED: m\n  cause: ENOSPC: no space left\n");
  });

  it("leaves out a cause that the message quotes, and goes on behind it", () => {
    const terminal = createTerminal();
    const inner = new Error("it is too short", { cause: new Error("byte 7") });
    const outer = new ConfigError("CONFIG_INVALID", "The key: it is too short.", { cause: inner });
    reportFailure(terminal, outer, false, "");
    expect(terminal.err()).toBe("error CONFIG_INVALID: The key: it is too short.\n  cause: byte 7\n");
  });

  it("keeps a message from steering the terminal or looking like another line of the command", () => {
    const hostile = new TransportError("FETCH_FAILED", "m\u009b2J\nverified: x", {
      cause: new Error("c\nverified: y"),
    });
    const people = createTerminal();
    reportFailure(people, hostile, false, "");
    expect(people.err()).toContain("\\u{9b}2J");
    expect(people.err()).not.toMatch(/^verified/m);
    const programs = createTerminal();
    reportFailure(programs, hostile, true, "");
    expect(programs.out()).toContain("m\\u009b2J");
  });

  it("ends when the causes form a ring", () => {
    const ring = new Error("a");
    ring.cause = ring;
    const terminal = createTerminal();
    reportFailure(terminal, new ConfigError("TOOL_FAILED", "m", { cause: ring }), false, "");
    expect(terminal.err().match(/cause/g)).toHaveLength(1);
  });

  it("points to the verb's help when only the usage was wrong", () => {
    const terminal = createTerminal();
    reportFailure(terminal, new CommanderError(1, "commander.unknownOption", "error: m"), false, "policy-pack verify");
    expect(terminal.err()).toContain("policy-pack verify --help");
  });

  it("shows where an unforeseen error came from, whatever was thrown", () => {
    const terminal = createTerminal();
    reportFailure(terminal, new RangeError("m"), false, "");
    expect(terminal.err()).toMatch(/\n {4}at /);
    expect(reportFailure(createTerminal(), "a string", false, "")).toBe(1);
    expect(reportFailure(createTerminal(), undefined, true, "")).toBe(1);
  });
});
