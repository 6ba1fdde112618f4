import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import {
  ConfigError,
  ERROR_CODES,
  EvaluationError,
  FormatError,
  TransportError,
  TrustError,
  VerificationError,
} from "@policy-pack/pack";
import type { ErrorCode, ErrorKind, PolicyPackError } from "@policy-pack/pack";

type ErrorClass = new (code: never, message: string) => PolicyPackError;

const CLASSES: Readonly<Record<ErrorKind, ErrorClass>> = {
  config: ConfigError,
  format: FormatError,
  verification: VerificationError,
  trust: TrustError,
  transport: TransportError,
  evaluation: EvaluationError,
};

interface Row {
  readonly className: string;
  readonly exitCode: number;
  readonly httpStatus: number;
  readonly retryable: boolean;
}

/** The rows of docs/errors.md: | `CODE` | Class | exit | HTTP | retry | meaning | what to do | */
function documentedRows(): ReadonlyMap<string, Row> {
  const rows = readFileSync("docs/errors.md", "utf8").matchAll(
    /^\| `([A-Z_]+)` +\| (\w+) +\| (\d+) +\| (\d+) +\| (yes|no) +\| [^|]{10,} \| [^|]{10,} \|$/gm,
  );
  return new Map(
    [...rows].map(([, code = "", className = "", exit, http, retry]) => [
      code,
      { className, exitCode: Number(exit), httpStatus: Number(http), retryable: retry === "yes" },
    ]),
  );
}

describe("docs/errors.md", () => {
  const documented = documentedRows();

  it("has a row for each code and no other", () => {
    expect([...documented.keys()].sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])("tells class, exit code, status and retry of %s", (code) => {
    const error = new CLASSES[ERROR_CODES[code].kind](code as never, "message");
    expect(documented.get(code)).toEqual({
      className: error.name,
      exitCode: error.exitCode,
      httpStatus: error.httpStatus,
      retryable: error.retryable,
    });
  });
});
