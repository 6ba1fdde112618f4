import { AskedInput } from "../decide/asked-input.ts";
import { byPackage } from "../decide/decider.ts";
import type { CaseInput, InputOrigin } from "../generator/case-input.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { DecisionDiff, FailedCase, Progress } from "./decision-diff.ts";
import type { Sides } from "./example.ts";
import { isSameDecision, isSameValue, nameFlip } from "./flip.ts";
import { FlipGroups } from "./groups.ts";
import type { OpenGroup } from "./groups.ts";
import { EntrypointTally, sumFlips } from "./tally.ts";

/** What a comparison has counted. */
export interface Compared extends Pick<
  DecisionDiff,
  "inputs" | "compared" | "flips" | "entrypoints" | "failedCases" | "undecided"
> {
  readonly groups: readonly OpenGroup[];
}

/** Compares two packs input by input. */
export class Comparison {
  readonly #sides: Sides;
  readonly #packages: ReadonlyMap<string, readonly string[]>;
  readonly #tallies: ReadonlyMap<string, EntrypointTally>;
  readonly #groups = new FlipGroups();
  readonly #inputs: Record<InputOrigin, number> = { case: 0, log: 0, random: 0 };
  readonly #failed: FailedCase[] = [];
  readonly #undecided = { count: 0, targets: new Set<string>() };
  #decisions = 0;
  #compared = 0;

  constructor(sides: Sides) {
    this.#sides = sides;
    const entrypoints = [...new Set([...sides.old.entrypoints, ...sides.new.entrypoints])].sort();
    this.#packages = byPackage(entrypoints);
    this.#tallies = new Map(entrypoints.map((entrypoint) => [entrypoint, newTally(sides, entrypoint)]));
  }

  get progress(): Progress {
    const { case: cases, log, random } = this.#inputs;
    return { inputs: cases + log + random, decisions: this.#decisions };
  }

  add(input: CaseInput): void {
    this.#inputs[input.origin] += 1;
    const asked = input.entrypoint === undefined ? (this.#packages.get(input.package) ?? []) : [input.entrypoint];
    const before = new AskedInput(this.#sides.old, input);
    const after = new AskedInput(this.#sides.new, input);
    if (asked.length === 0) this.#leave(input.package);
    for (const entrypoint of asked) {
      const tally = this.#tallies.get(entrypoint);
      if (tally === undefined) this.#leave(entrypoint);
      else this.#compare(input, { entrypoint, tally, before, after });
    }
  }

  finish(): Compared {
    const entrypoints = [...this.#tallies.values()].map((tally) => tally.toEntrypointDiff());
    return {
      inputs: { ...this.#inputs },
      compared: this.#compared,
      flips: sumFlips(entrypoints.map(({ flips }) => flips)),
      entrypoints,
      failedCases: this.#failed,
      undecided: { count: this.#undecided.count, targets: [...this.#undecided.targets].sort() },
      groups: this.#groups.sorted(),
    };
  }

  #compare(input: CaseInput, at: { entrypoint: string; tally: EntrypointTally } & Asked): void {
    const { entrypoint, tally, before, after } = at;
    const [was, is] = [before.decide(entrypoint), after.decide(entrypoint)];
    this.#decisions += 2;
    tally.compare(was, is);
    this.#checkExpected(input, entrypoint, after);
    if (!tally.explains) this.#compared += 1;
    if (isSameDecision(was, is)) return;
    if (tally.explains) {
      tally.reword();
      return;
    }
    // A DENY for another cause is a DENY still: that the entrypoint is gone or new is said of the entrypoint.
    if (was.outcome === "DENY" && is.outcome === "DENY" && isAbsent(was, is)) return;
    const flip = nameFlip(entrypoint, before.side(entrypoint), after.side(entrypoint));
    tally.flip(flip.direction);
    this.#groups.add(flip, entrypoint, input);
  }

  #checkExpected({ id, origin, expected, entrypoint: asked }: CaseInput, entrypoint: string, after: AskedInput): void {
    if (expected === undefined || asked === undefined || this.#failed.length >= SIMULATE_LIMITS.maxListed) return;
    const actual = after.decide(entrypoint);
    if (!isSameValue(actual.value, expected)) this.#failed.push({ id, origin, entrypoint, expected, actual });
  }

  #leave(target: string): void {
    this.#undecided.count += 1;
    if (this.#undecided.targets.size < SIMULATE_LIMITS.maxListed) this.#undecided.targets.add(target);
  }
}

interface Asked {
  readonly before: AskedInput;
  readonly after: AskedInput;
}

function isAbsent(...decisions: readonly { readonly error?: string }[]): boolean {
  return decisions.some(({ error }) => error === "ENTRYPOINT_UNKNOWN");
}

function newTally(sides: Sides, entrypoint: string): EntrypointTally {
  const [isOld, isNew] = [sides.old.entrypoints.has(entrypoint), sides.new.entrypoints.has(entrypoint)];
  return new EntrypointTally({
    entrypoint,
    status: isOld && isNew ? "both" : isOld ? "gone" : "new",
    explains: sides.new.ruleOf(entrypoint) === "explains",
  });
}
