import { FormatError } from "@policy-pack/pack";
import type { CaseInput } from "@policy-pack/simulate";
import { toLoggedInput } from "./decision-record.ts";
import type { Undecidable } from "./decision-record.ts";
import { SIMULATION_LIMITS } from "./limits.ts";
import { readRecords } from "./log-records.ts";

/** What a decision log gave, and what of it cannot be decided. */
export interface DecisionLog {
  readonly file: string;
  readonly inputs: readonly CaseInput[];
  /** How many records cannot be decided, by reason; every reason is there. */
  readonly undecidable: Readonly<Record<Undecidable, number>>;
  /** The last line that was left out as torn. */
  readonly torn: string | undefined;
}

export interface LogOptions {
  /** As the user named it. */
  readonly file: string;
  /** Of both packs, as `package/path/rule`. */
  readonly entrypoints: ReadonlySet<string>;
  readonly allowTornTail: boolean;
}

/**
 * Reads a decision log whole: JSON lines of `{"entrypoint", "input"}` or of OPA's decision events, or OPA's upload, a JSON
 * array; any of them packed with gzip. Records that cannot be decided are counted, never dropped in silence.
 * @throws FormatError DECISION_LOG_INVALID with the line that is malformed or torn; LIMIT_EXCEEDED
 */
export function parseDecisionLog(bytes: Uint8Array, { file, entrypoints, allowTornTail }: LogOptions): DecisionLog {
  const undecidable: Record<Undecidable, number> = { erased: 0, masked: 0, inputless: 0, adHoc: 0, otherLine: 0 };
  const inputs: CaseInput[] = [];
  const tails: string[] = [];
  const onTornTail = (place: string): void => void tails.push(place);
  for (const record of readRecords(bytes, { file, allowTornTail, onTornTail })) {
    const input = toLoggedInput(record, entrypoints);
    if (typeof input === "string") undecidable[input] += 1;
    else inputs.push(input);
    if (inputs.length > SIMULATION_LIMITS.maxInputs) {
      const message = `The decision log ${file} holds more than ${SIMULATION_LIMITS.maxInputs} decisions; split it.`;
      throw new FormatError("LIMIT_EXCEEDED", message);
    }
  }
  return { file, inputs, undecidable, torn: tails[0] };
}

const REASONS: Readonly<Record<Undecidable, string>> = {
  erased: "have parts of their input erased",
  masked: "have parts of their input masked",
  inputless: "have no input",
  adHoc: "are queries without a rule's path",
  otherLine: "are lines of OPA's own log",
};

/** One line for each reason for which records of the log are not decided. */
export function describeUndecidable({ file, undecidable, torn }: DecisionLog): readonly string[] {
  const counted = (Object.keys(REASONS) as Undecidable[]).filter((reason) => undecidable[reason] > 0);
  return [
    ...counted.map((reason) => `${file}: ${undecidable[reason]} records ${REASONS[reason]} and are not decided.`),
    ...(torn === undefined ? [] : [`${torn}, the last line, is torn and left out.`]),
  ];
}
