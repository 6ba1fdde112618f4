import { lintVerificationPolicy } from "@policy-pack/verify";
import { readPolicyFile } from "./policy-file.ts";
import { formatTable } from "./report.ts";
import type { Report } from "./report.ts";
import { paint } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** Exit status of a policy that verify would refuse. */
const REFUSED = 2;

/** Something to change, and where it stands. */
export interface PolicyFinding {
  /** JSON Pointer (RFC 6901); empty for the document as a whole. */
  readonly pointer: string;
  readonly message: string;
}

/**
 * What is wrong or doubtful in a policy.
 * @param isStrict whether a warning is as bad as an error
 * @throws ConfigError CONFIG_INVALID for what is no JSON object, or cannot be read
 */
export async function checkPolicy(terminal: Terminal, file: string, isStrict: boolean): Promise<Report> {
  const lint = lintVerificationPolicy(await readPolicyFile(terminal, file));
  const errors = lint.errors.map((message) => ({ pointer: lint.pointer ?? "", message }));
  const warnings = lint.warnings.map(toWarning);
  const ok = errors.length === 0 && (!isStrict || warnings.length === 0);
  const text = [
    formatTable([[`${file}: ${countOf(errors.length, "error")}, ${countOf(warnings.length, "warning")}`]]),
    ...errors.map((finding) => toLine(terminal, "error", finding)),
    ...warnings.map((finding) => toLine(terminal, "warning", finding)),
    ...(errors.length > 0 ? ["verify refuses this policy."] : []),
    ...(errors.length === 0 && !ok ? ["With --strict, warnings are errors."] : []),
  ].join("\n");
  return { json: { ok, file, errors, warnings }, text, exitCode: ok ? 0 : REFUSED };
}

/** Its place stands before a warning's text. */
function toWarning(said: string): PolicyFinding {
  const [, place, rest] = /^([a-zA-Z]+(?:\[\d+\]|\.[a-zA-Z]+)*): (.*)$/su.exec(said) ?? [];
  if (place === undefined || rest === undefined) return { pointer: "", message: said };
  return { pointer: toPointer(place), message: rest };
}

function toPointer(place: string): string {
  const steps = place.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  return steps.map((step) => `/${step}`).join("");
}

function toLine(terminal: Terminal, kind: "error" | "warning", { pointer, message }: PolicyFinding): string {
  const word = paint(terminal, terminal.stdout, kind === "error" ? "red" : "yellow", kind.padEnd("warning".length));
  const [place = ""] = formatTable([[pointer === "" ? "(document)" : pointer]]).split("\n");
  return `${word}  ${place}\n    ${formatTable([[message]])}`;
}

function countOf(number: number, what: string): string {
  return `${number === 0 ? "no" : number} ${what}${number === 1 ? "" : "s"}`;
}
