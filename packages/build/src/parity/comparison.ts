import { exactJsonOf } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../limits.ts";
import type { Answer } from "./answer.ts";
import { differencesOf, shortestOf, toParityDifference } from "./differences.ts";
import type { InputDifference, ParityDifference } from "./differences.ts";
import type { ParityJob } from "./gate.ts";
import { ModuleAsker } from "./module-asker.ts";
import type { AskOptions } from "./module-asker.ts";
import { OpaAsker } from "./opa-asker.ts";
import type { EntrypointParity } from "./parity.ts";
import { parityTime } from "./parity-time.ts";
import type { GivenInput, NotCompared, QuestionGroup } from "./questions.ts";
import { findSmallest } from "./smallest.ts";

interface Tally {
  readonly entrypoint: string;
  /** Of its inputs. */
  readonly group: number;
  decisions: number;
  /** Of those the ones with a value from the module. */
  values: number;
  /** The policy did not answer in time: the rest would take as long. */
  isStuck: boolean;
  readonly differences: InputDifference[];
}

/** Asks OPA and the module the same, and keeps where they differ. */
export class Comparison {
  readonly #groups: readonly QuestionGroup[];
  readonly #opa: OpaAsker;
  readonly #module: ModuleAsker;
  /** Gives up sooner. */
  readonly #impatient: ModuleAsker;
  readonly #tallies: readonly Tally[];
  readonly #patience = { timeouts: BUILD_LIMITS.maxShrinkTimeouts };

  constructor(job: ParityJob, groups: readonly QuestionGroup[], ask: AskOptions) {
    const { wasm, data, pack } = job;
    const nowNs = parityTime(job.required);
    const surroundings = { nowNs, isFixed: true, runtime: "{}" };
    const module = {
      wasm,
      data: exactJsonOf(data) ?? JSON.stringify(data),
      entrypoints: pack.entrypoints,
      surroundings,
    };
    const deadlineMs = Math.min(ask.deadlineMs, BUILD_LIMITS.shrinkDeadlineMs);
    this.#groups = groups;
    this.#tallies = groups.flatMap(({ entrypoints }, group) =>
      entrypoints.map((entrypoint) => newTally(entrypoint, group)),
    );
    const asked = this.#tallies.map(({ entrypoint, group }) => ({ path: entrypoint, group }));
    this.#opa = new OpaAsker({ ...job, nowNs, entrypoints: asked });
    this.#module = new ModuleAsker(module, ask);
    this.#impatient = new ModuleAsker(module, { ...ask, deadlineMs });
  }

  get entrypoints(): readonly EntrypointParity[] {
    return this.#tallies.map(({ entrypoint, decisions, differences }) => {
      return { entrypoint, decisions, differences: differences.length };
    });
  }

  /** Entrypoints of which nothing was seen that could differ: to agree on nothing proves nothing. */
  get unseen(): readonly NotCompared[] {
    return this.#tallies
      .filter(({ values, differences }) => values + differences.length === 0)
      .map(({ entrypoint, decisions }) => {
        const why = decisions === 0 ? "no input was asked of it" : "it has no value for any of the inputs";
        return { name: entrypoint, why };
      });
  }

  /** @throws as `OpaAsker.askAll` and `ModuleAsker.ask` */
  async run(onProgress?: (done: number, total: number) => void): Promise<void> {
    const { paritySlice } = BUILD_LIMITS;
    const longest = Math.max(0, ...this.#groups.map(({ inputs }) => inputs.length));
    for (let from = 0; from < longest; from += paritySlice) {
      await this.#compare(this.#groups.map(({ inputs }) => inputs.slice(from, from + paritySlice)));
      onProgress?.(Math.min(from + paritySlice, longest), longest);
    }
  }

  /** One an entrypoint that differs, by the smallest input that shows it. @throws as `run` */
  async smallest(): Promise<readonly ParityDifference[]> {
    const found: ParityDifference[] = [];
    for (const [index, { differences }] of this.#tallies.entries()) {
      const shortest = shortestOf(differences);
      if (shortest === undefined) continue;
      const isShrunk = found.length < BUILD_LIMITS.maxShrunkEntrypoints;
      const smallest = isShrunk ? await this.#shrink(index, shortest) : shortest;
      found.push(toParityDifference(smallest, differences.length));
    }
    return found;
  }

  close(): void {
    this.#module.close();
    this.#impatient.close();
  }

  async #compare(slices: readonly (readonly GivenInput[])[]): Promise<void> {
    const inputs = slices.map((slice) => slice.map(({ input }) => input));
    const asking = this.#askModule(slices);
    const [answers, answered] = await Promise.allSettled([this.#opa.askAll(inputs), asking]);
    if (answers.status === "rejected") throw answers.reason;
    if (answered.status === "rejected") throw answered.reason;
    for (const [index, tally] of this.#tallies.entries()) {
      const module = answered.value[index] ?? [];
      const given = slices[tally.group] ?? [];
      tally.decisions += module.length;
      tally.values += module.filter(({ kind }) => kind === "value").length;
      tally.differences.push(...differencesOf(tally.entrypoint, given, answers.value[index] ?? [], module));
    }
  }

  async #askModule(slices: readonly (readonly GivenInput[])[]): Promise<readonly (readonly Answer[])[]> {
    const all: (readonly Answer[])[] = [];
    for (const tally of this.#tallies) {
      const answers: Answer[] = [];
      for (const { input } of slices[tally.group] ?? []) {
        if (tally.isStuck) break;
        const answer = await this.#module.ask({ entrypoint: tally.entrypoint, input: JSON.stringify(input) });
        answers.push(answer);
        tally.isStuck = answer.kind === "timeout";
      }
      all.push(answers);
    }
    return all;
  }

  async #shrink(index: number, shortest: InputDifference): Promise<InputDifference> {
    const { entrypoint } = shortest;
    const askWith = (asker: ModuleAsker) => (input: unknown) => asker.ask({ entrypoint, input: JSON.stringify(input) });
    const smallest = await findSmallest(shortest, {
      askOpa: (inputs) => this.#opa.askOne(index, inputs),
      askModule: askWith(this.#impatient),
      patience: this.#patience,
    });
    if (smallest.module.kind !== "timeout") return smallest;
    // On a busy machine it may only have been slow: then the input that is known to differ is told.
    const module = await askWith(this.#module)(smallest.given.input);
    return module.kind === "timeout" ? { ...smallest, module } : shortest;
  }
}

function newTally(entrypoint: string, group: number): Tally {
  return { entrypoint, group, decisions: 0, values: 0, isStuck: false, differences: [] };
}
