import type { CaseDecision } from "../decide/case-decision.ts";
import type { EntrypointDiff, FlipCounts, FlipDirection, OutcomeCounts } from "./decision-diff.ts";

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** What is counted of one entrypoint while a diff runs. */
export class EntrypointTally {
  readonly #about: Pick<EntrypointDiff, "entrypoint" | "status" | "explains">;
  readonly #old = noOutcomes();
  readonly #new = noOutcomes();
  readonly #flips: Writable<FlipCounts> = { denyToAllow: 0, allowToDeny: 0, other: 0 };
  #compared = 0;
  #reworded = 0;

  constructor(about: Pick<EntrypointDiff, "entrypoint" | "status" | "explains">) {
    this.#about = about;
  }

  get explains(): boolean {
    return this.#about.explains;
  }

  compare(before: CaseDecision, after: CaseDecision): void {
    this.#compared += 1;
    countOutcome(this.#old, before);
    countOutcome(this.#new, after);
  }

  flip(direction: FlipDirection): void {
    if (direction === "DENY_TO_ALLOW") this.#flips.denyToAllow += 1;
    else if (direction === "ALLOW_TO_DENY") this.#flips.allowToDeny += 1;
    else this.#flips.other += 1;
  }

  reword(): void {
    this.#reworded += 1;
  }

  toEntrypointDiff(): EntrypointDiff {
    return {
      ...this.#about,
      compared: this.#compared,
      old: { ...this.#old },
      new: { ...this.#new },
      flips: { ...this.#flips },
      reworded: this.#reworded,
    };
  }
}

/** The flips of all together. */
export function sumFlips(all: readonly FlipCounts[]): FlipCounts {
  const sum = { denyToAllow: 0, allowToDeny: 0, other: 0 };
  for (const flips of all) {
    sum.denyToAllow += flips.denyToAllow;
    sum.allowToDeny += flips.allowToDeny;
    sum.other += flips.other;
  }
  return sum;
}

/** Flips of every direction. */
export function totalFlips({ denyToAllow, allowToDeny, other }: FlipCounts): number {
  return denyToAllow + allowToDeny + other;
}

function noOutcomes(): Writable<OutcomeCounts> {
  return { allow: 0, deny: 0, other: 0, errors: 0 };
}

function countOutcome(counts: Writable<OutcomeCounts>, { outcome, error }: CaseDecision): void {
  if (outcome === "ALLOW") counts.allow += 1;
  else if (outcome === "DENY") counts.deny += 1;
  else counts.other += 1;
  if (error !== undefined) counts.errors += 1;
}
