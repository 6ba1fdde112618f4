import { FormatError, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { packageOf } from "../decide/decider.ts";
import { readArray, readMap, readObject, refuse } from "../fields.ts";
import type { CaseInput } from "../generator/case-input.ts";
import { SIMULATE_LIMITS } from "../limits.ts";

/** A decision that somebody wrote down with the reason why it is right. */
export interface RecordedCase {
  /** `halted-at-the-cap`: lower-case words, unique in the folder. */
  readonly name: string;
  readonly entrypoint: string;
  readonly input: JsonValue;
  readonly expected: JsonValue;
  readonly why: string;
}

const FIELDS = ["name", "entrypoint", "input", "expected", "why"];
const NAME = /^(?=.{1,100}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** At least one package above the rule, each part as OPA writes it in a path. */
const ENTRYPOINT = /^(?=.{1,256}$)[^\s/\p{C}]+(?:\/[^\s/\p{C}]+)+$/u;
const WHY = /^(?=[^]*\S)[^\p{C}\p{Zl}\p{Zp}]{1,500}$/u;

/**
 * Reads one file of a pack's `cases/`: `{"cases": [{"name", "entrypoint", "input", "expected", "why"}]}`. No name twice in
 * it. Whether the pack has the entrypoints and decides as expected is not looked at.
 * @param file what the messages call it
 * @throws FormatError BASELINE_INVALID naming the case | LIMIT_EXCEEDED
 */
export function parseRecordedCases(source: string | Uint8Array, file: string): readonly RecordedCase[] {
  const value = parseJson(source, { maxBytes: SIMULATE_LIMITS.maxCasesBytes, code: "BASELINE_INVALID", what: file });
  const items = readArray(readObject(value, ["cases"], file)["cases"], `${file}: cases`);
  if (items.length > SIMULATE_LIMITS.maxCases) {
    throw new FormatError(
      "LIMIT_EXCEEDED",
      `${file} has ${items.length} cases; at most ${SIMULATE_LIMITS.maxCases} are read from one file. Split it.`,
    );
  }
  const cases = items.map((item, index) => readCase(item, `${file}: cases[${index}]`));
  checkNames(cases, file);
  return cases;
}

/**
 * The inputs that recorded cases ask about, for a diff or a simulation.
 * @throws FormatError BASELINE_INVALID for a name that two of the cases have
 */
export function toCaseInputs(cases: readonly RecordedCase[]): readonly CaseInput[] {
  checkNames(cases, "cases/");
  return cases.map(({ name, entrypoint, input, expected }) => {
    return { id: name, package: packageOf(entrypoint), input, origin: "case", entrypoint, expected };
  });
}

function readCase(value: JsonValue, at: string): RecordedCase {
  const fields = readMap(value, at);
  const name = readMatch(fields["name"], NAME, { at: `${at}.name`, wanted: "lower-case words joined by '-'" });
  const here = `${at} (${name})`;
  readObject(value, FIELDS, here);
  return {
    name,
    entrypoint: readMatch(fields["entrypoint"], ENTRYPOINT, {
      at: `${here}.entrypoint`,
      wanted: "a package's path and a rule's name, such as cos/budget/decision",
    }),
    input: readAny(fields["input"], `${here}.input`),
    expected: readAny(fields["expected"], `${here}.expected`),
    why: readMatch(fields["why"], WHY, { at: `${here}.why`, wanted: "1 to 500 characters on one line" }),
  };
}

function readMatch(
  value: JsonValue | undefined,
  form: RegExp,
  { at, wanted }: { readonly at: string; readonly wanted: string },
): string {
  return typeof value === "string" && form.test(value) ? value : refuse(at, wanted);
}

/** Null is a value; only what is not there is missing. */
function readAny(value: JsonValue | undefined, at: string): JsonValue {
  return value === undefined ? refuse(at, "there") : value;
}

function checkNames(cases: readonly RecordedCase[], at: string): void {
  const seen = new Set<string>();
  for (const { name } of cases) {
    if (seen.has(name)) refuse(`${at}: the name ${name}`, "given to one case only");
    seen.add(name);
  }
}
