import { EvaluationError, FormatError, messageOf, PolicyPackError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";

import { loadBuiltins } from "./builtins/registry.ts";
import { checkGrants } from "./capabilities/grants.ts";
import { releaseCapabilities } from "./capabilities/release.ts";
import type { DecideOptions, Decision, DecisionOutcome, Question } from "./decision.ts";
import { resolveLimits } from "./limits.ts";
import { encodeData, encodeDataValue } from "./machine/data.ts";
import type { DataRules } from "./machine/data.ts";
import { DataDocuments } from "./machine/data-documents.ts";
import type { DataPatch } from "./machine/data-documents.ts";
import { Machine, toEvaluationError } from "./machine/machine.ts";
import type { MachineOptions } from "./machine/machine.ts";
import { moduleOf } from "./module/compiled-policy.ts";
import { compileModule, invalid } from "./module/module.ts";
import type { PolicyModule } from "./module/module.ts";
import { checkCapabilities } from "./module/requirements.ts";
import type { InstanceOptions, PolicyContents, PolicyInstance } from "./policy-instance.ts";
import { resolveSources } from "./sources.ts";

export type { InstanceOptions, PolicyContents, PolicyInstance } from "./policy-instance.ts";

/**
 * Loads a pack's policy and data, and proves before the first decision that every builtin it calls is there and
 * granted. Whether the pack is to be trusted is decided before: its contents come from a verified pack.
 *
 * @throws EvaluationError WASM_INVALID, CAPABILITY_MISSING
 * @throws ConfigError CONFIG_INVALID for a limit out of range, and for capabilities that mean nothing
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED when the data cannot be carried over
 */
export async function createInstance(contents: PolicyContents, options: InstanceOptions = {}): Promise<PolicyInstance> {
  const limits = resolveLimits(options.limits);
  const policy = contents.module === undefined ? await compileModule(contents.wasm) : moduleOf(contents.module);
  const refuseNul = policy.endsTextsAtNul;
  const documents = new DataDocuments(encodeData(contents.dataJson ?? contents.data, { limits, refuseNul }));
  const machine = guardStart(() => new Machine(policy, limits));
  const required = [...machine.required.keys()];
  const sources = resolveSources(options);
  checkGrants(sources.capabilities);
  checkCapabilities(required, sources.capabilities);
  const builtins = await loadBuiltins([...required, ...policy.substitutes.keys()]);
  const strictBuiltinErrors = options.strictBuiltinErrors === true;
  const machineOptions = { builtins, limits, sources, strictBuiltinErrors, refuseNul };
  guardStart(() => {
    machine.start(machineOptions);
    documents.load(machine.data);
  });
  return new WasmInstance(contents, { policy, machineOptions, documents }, machine);
}

/** No input's serial number. */
const NO_INPUT = 0;

interface Parts {
  readonly policy: PolicyModule;
  readonly machineOptions: MachineOptions;
  readonly documents: DataDocuments;
}

class WasmInstance implements PolicyInstance {
  readonly entrypoints: readonly string[];
  readonly #parts: Parts;
  readonly #rules: DataRules;
  readonly #revision: string;
  readonly #digest: Digest;
  #machine: Machine | undefined;
  #busy = false;
  #closed = false;

  constructor(contents: PolicyContents, parts: Parts, machine: Machine) {
    this.#parts = parts;
    this.#rules = { limits: parts.machineOptions.limits, refuseNul: parts.machineOptions.refuseNul };
    this.#revision = contents.revision;
    this.#digest = contents.digest;
    this.entrypoints = Object.freeze([...machine.entrypoints.keys()].toSorted());
    checkEntrypoints(this.entrypoints, contents.entrypoints);
    this.#machine = machine;
  }

  decide(input: unknown, entrypoint: string, options?: DecideOptions): Decision {
    return this.#decide({ input, entrypoint, options }, NO_INPUT);
  }

  /** `taken` is the serial number of the machine's input when that is this very input. */
  #decide(question: Question, taken: number): Decision {
    this.#enter();
    try {
      const machine = this.#evaluate(question, taken);
      const value = machine.readValue(question.entrypoint);
      return { value, revision: this.#revision, digest: this.#digest, builtinErrors: machine.builtinErrors };
    } catch (thrown) {
      throw this.#recover(thrown);
    } finally {
      this.#busy = false;
    }
  }

  decideText(input: unknown, entrypoint: string, options?: DecideOptions): string {
    this.#enter();
    try {
      return this.#evaluate({ input, entrypoint, options }, NO_INPUT).readText(entrypoint);
    } catch (thrown) {
      throw this.#recover(thrown);
    } finally {
      this.#busy = false;
    }
  }

  decideMany(questions: Iterable<Question>): DecisionOutcome[] {
    this.#checkOpen();
    let last: unknown;
    let taken = NO_INPUT;
    const outcomes: DecisionOutcome[] = [];
    for (const question of questions) {
      const { input } = question;
      try {
        outcomes.push({ decision: this.#decide(question, input === last ? taken : NO_INPUT) });
        last = input;
        taken = this.#machine?.inputSerial ?? NO_INPUT;
      } catch (error) {
        if (!(error instanceof PolicyPackError || error instanceof TypeError)) throw error;
        outcomes.push({ error });
      }
    }
    return outcomes;
  }

  setData(data: unknown): void {
    this.#checkOpen();
    const json = encodeData(data, this.#rules);
    this.#change(({ data: region }) => {
      this.#parts.documents.replace(region, json);
      return true;
    });
  }

  patchData(path: readonly string[], value: unknown): void {
    this.#checkOpen();
    const patch = toPatch(path, value, this.#rules);
    if (this.#change(({ data: region }) => this.#parts.documents.patch(region, patch))) return;
    throw new FormatError(
      "INPUT_INVALID",
      `The data has something else than an object on the way to ${patch.path.join("/").slice(0, 200)}; set that instead.`,
    );
  }

  close(): void {
    if (this.#busy) throw within();
    this.#closed = true;
    this.#machine = undefined;
    releaseCapabilities(this.#parts.machineOptions.sources.capabilities);
  }

  #checkOpen(): void {
    if (this.#closed) {
      throw new EvaluationError("INSTANCE_CLOSED", "This policy was closed; create another instance to ask it again.");
    }
  }

  #enter(): void {
    this.#checkOpen();
    if (this.#busy) throw within();
    this.#busy = true;
  }

  #evaluate({ input, entrypoint, options }: Question, taken: number): Machine {
    const machine = (this.#machine ??= startMachine(this.#parts));
    const id = machine.entrypoints.get(entrypoint);
    if (id === undefined) throw unknownEntrypoint(entrypoint, this.entrypoints);
    if (options !== undefined) checkOptions(options);
    if (taken === NO_INPUT || taken !== machine.inputSerial) machine.takeInput(input);
    machine.evaluate(id, options);
    return machine;
  }

  /** A trap leaves the module's stack pointer where it was: the next decision starts on a fresh machine. */
  #recover(thrown: unknown): unknown {
    if (thrown instanceof FormatError || thrown instanceof TypeError || isAnswer(thrown)) return thrown;
    this.#machine = undefined;
    return toEvaluationError(thrown);
  }

  /** A machine that a change has failed on is unknown inside: once more on a fresh one, which holds no garbage. */
  #change(edit: (machine: Machine) => boolean): boolean {
    this.#enter();
    try {
      try {
        this.#machine ??= startMachine(this.#parts);
        this.#machine.forgetInput();
        return edit(this.#machine);
      } catch {
        this.#machine = undefined;
        const machine = startMachine(this.#parts);
        this.#parts.documents.fold(machine.data);
        const changed = edit(machine);
        this.#machine = machine;
        return changed;
      }
    } catch (thrown) {
      throw toEvaluationError(thrown);
    } finally {
      this.#busy = false;
    }
  }
}

function toPatch(path: unknown, value: unknown, rules: DataRules): DataPatch {
  if (!Array.isArray(path) || path.length === 0 || !path.every((key) => typeof key === "string")) {
    throw new TypeError("the path must be a list of keys, at least one; setData replaces all documents");
  }
  // Through the same checks as every text of the documents.
  const keys = JSON.parse(Buffer.from(encodeDataValue(path, rules)).toString()) as string[];
  if (value === undefined) return { path: keys };
  return { path: keys, value: encodeDataValue(value, { ...rules, depth: keys.length }) };
}

/** @throws TypeError */
export function checkOptions({ now, seed }: DecideOptions): void {
  if (now !== undefined && (typeof now !== "bigint" || BigInt.asIntN(64, now) !== now)) {
    throw new TypeError("now must be nanoseconds since 1970 as a bigint of 64 bits");
  }
  if (seed !== undefined && typeof seed !== "string") throw new TypeError("the seed must be a string");
}

function within(): EvaluationError {
  return new EvaluationError("EVALUATION_FAILED", "A decision was asked for within another decision.");
}

/** What a module answers properly, so that it may go on. */
function isAnswer(thrown: unknown): boolean {
  return (
    thrown instanceof EvaluationError && (thrown.code === "DECISION_UNDEFINED" || thrown.code === "ENTRYPOINT_UNKNOWN")
  );
}

function unknownEntrypoint(entrypoint: string, known: readonly string[]): EvaluationError {
  if (typeof entrypoint !== "string") throw new TypeError("the entrypoint must be a string");
  return new EvaluationError(
    "ENTRYPOINT_UNKNOWN",
    `The policy has no entrypoint ${JSON.stringify(entrypoint.slice(0, 200))}; it has ${known.join(", ")}.`,
  );
}

function startMachine({ policy, machineOptions, documents }: Parts): Machine {
  return guardStart(() => {
    const machine = new Machine(policy, machineOptions.limits);
    machine.start(machineOptions);
    documents.load(machine.data);
    return machine;
  });
}

function guardStart<T>(start: () => T): T {
  try {
    return start();
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) throw thrown;
    throw invalid(
      `policy.wasm does not start with this data: ${messageOf(thrown)}. Raise maxMemoryBytes, or build the pack again.`,
      thrown,
    );
  }
}

function checkEntrypoints(actual: readonly string[], declared: readonly string[]): void {
  const expected = [...new Set(declared)].toSorted();
  if (expected.length === actual.length && expected.every((name, index) => name === actual[index])) return;
  throw invalid(
    `policy.wasm answers ${actual.join(", ")}, but the pack declares ${expected.join(", ")}; build the pack again.`,
  );
}
