import { canonicalJson, digestOf } from "@policy-pack/pack";
import type { AskedInput } from "../decide/asked-input.ts";
import { wordOf } from "../decide/reason.ts";
import type { OutcomeCounts } from "../diff/decision-diff.ts";
import type { RecordedDecision, RecordedOutcomes } from "./baseline.ts";
import { encodeSequence } from "./sequence.ts";

const MAX_VALUE = 200;

/** The text by which recorded decisions are told apart and ordered. */
export function keyOf(decision: RecordedDecision): string {
  const { outcome, value, long, error, reason } = decision;
  return canonicalJson({
    outcome,
    reason,
    ...(value === undefined ? {} : { value }),
    ...(long === undefined ? {} : { long: { ...long } }),
    ...(error === undefined ? {} : { error }),
  });
}

/** Keeps the decisions of one entrypoint in their order, each kind once. */
export class Recorder {
  readonly #kinds = new Map<string, { readonly decision: RecordedDecision; readonly number: number }>();
  readonly #numbers: number[] = [];

  add(asked: AskedInput, entrypoint: string): void {
    const decision = record(asked, entrypoint);
    const key = keyOf(decision);
    const kind = this.#kinds.get(key) ?? { decision, number: this.#kinds.size };
    this.#kinds.set(key, kind);
    this.#numbers.push(kind.number);
  }

  get counts(): OutcomeCounts {
    const counts = { allow: 0, deny: 0, other: 0, errors: 0 };
    const kinds = [...this.#kinds.values()];
    for (const number of this.#numbers) {
      const { outcome, error } = kinds[number]?.decision ?? { outcome: "DENY" as const };
      if (outcome === "ALLOW") counts.allow += 1;
      else if (outcome === "DENY") counts.deny += 1;
      else counts.other += 1;
      if (error !== undefined) counts.errors += 1;
    }
    return counts;
  }

  toOutcomes(): RecordedOutcomes {
    const sorted = [...this.#kinds].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, kind]) => kind);
    const places = new Map(sorted.map(({ number }, place) => [number, place]));
    const sequence = this.#numbers.map((number) => places.get(number) ?? 0);
    return { decisions: sorted.map(({ decision }) => decision), sequence: encodeSequence(sequence, sorted.length) };
  }
}

function record(asked: AskedInput, entrypoint: string): RecordedDecision {
  const { codes } = asked.side(entrypoint);
  const decision = asked.decide(entrypoint);
  const { outcome, value, error } = decision;
  if (value === undefined) return { outcome, error: error ?? "DECISION_UNDEFINED", reason: codes };
  const text = canonicalJson(value);
  if (text.length <= MAX_VALUE) return { outcome, value, reason: codes };
  return { outcome, long: { word: wordOf(decision), digest: digestOf(Buffer.from(text)) }, reason: codes };
}
