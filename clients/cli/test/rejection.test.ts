import { describe, expect, it } from "@jest/globals";
import { ERROR_CODES } from "@policy-pack/pack";
import type { ErrorCode } from "@policy-pack/pack";
import { reportFailure } from "../src/failure.ts";
import { Rejection, toError } from "../src/rejection.ts";
import { createTerminal } from "./support.ts";

const NAMES = {
  config: "ConfigError",
  format: "FormatError",
  verification: "VerificationError",
  trust: "TrustError",
  transport: "TransportError",
  evaluation: "EvaluationError",
};

describe("toError", () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])("returns an error of the class of %s", (code) => {
    expect(toError(code, "m")).toMatchObject({ name: NAMES[ERROR_CODES[code].kind], code, message: "m" });
  });
});

describe("reportFailure of a rejection", () => {
  const rejection = new Rejection(toError("DENYLISTED", "m"), { json: { report: { verified: false } }, text: "steps" });

  it("prints the report beside the error with --json", () => {
    const terminal = createTerminal();
    expect(reportFailure(terminal, rejection, true, "")).toBe(5);
    expect(JSON.parse(terminal.out())).toEqual({
      error: { code: "DENYLISTED", message: "m", retryable: false },
      report: { verified: false },
    });
  });

  it("prints the error first and then the report on stderr for people", () => {
    const terminal = createTerminal();
    expect(reportFailure(terminal, rejection, false, "")).toBe(5);
    expect([terminal.out(), terminal.err()]).toEqual(["", "error DENYLISTED: m\n\nsteps\n"]);
  });
});
