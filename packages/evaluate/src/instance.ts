import { randomBytes } from "node:crypto";

import { EvaluationError, FormatError, messageOf, PolicyPackError } from "@policy-pack/pack";
import type { Digest, JsonValue } from "@policy-pack/pack";

import { loadBuiltins } from "./builtins/registry.ts";
import type { Capabilities } from "./capabilities/capabilities.ts";
import { encodeData } from "./machine/data.ts";
import { resolveLimits } from "./limits.ts";
import type { EvaluationLimits } from "./limits.ts";
import { Machine, readRequiredBuiltins, toEvaluationError } from "./machine/machine.ts";
import type { MachineOptions } from "./machine/machine.ts";
import { compileModule, invalid } from "./module/module.ts";
import type { PolicyModule } from "./module/module.ts";
import { readResult } from "./machine/result.ts";

/** The parts of a pack's contents that decide. */
export interface PolicyContents {
  readonly wasm: Uint8Array;
  readonly data: JsonValue;
  readonly digest: Digest;
  readonly revision: string;
  readonly entrypoints: readonly string[];
}

export interface InstanceOptions {
  /** Nanoseconds since 1970 for `time.now_ns`; asked at most once a decision. The system clock unless given. */
  readonly now?: () => bigint;
  readonly limits?: Partial<EvaluationLimits>;
  /** For `rand.intn` and `uuid.rfc4122`; the system's source unless given. */
  readonly randomBytes?: (length: number) => Uint8Array;
  /** Told of each line that the policy prints. */
  readonly print?: (line: string) => void;
  /** Nothing but computing unless given. */
  readonly capabilities?: Capabilities;
}

export interface Decision {
  readonly value: JsonValue;
  readonly revision: string;
  readonly digest: Digest;
}

export interface PolicyInstance {
  /** Sorted, as `package/path/rule`. */
  readonly entrypoints: readonly string[];
  /**
   * Asks one entrypoint about one input, in this thread. `undefined` means no input document; `false`, `0`, `""` and
   * `null` are inputs. A policy that loops for ever is not interrupted.
   *
   * @throws EvaluationError ENTRYPOINT_UNKNOWN, DECISION_UNDEFINED, EVALUATION_FAILED, BUILTIN_FAILED: none is an allow
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   */
  decide(input: unknown, entrypoint: string): Decision;
}

/**
 * Loads a pack's policy and data, and proves before the first decision that every builtin it calls is there. Whether
 * the pack is to be trusted is decided before: its contents come from a verified pack.
 *
 * @throws EvaluationError WASM_INVALID
 * @throws ConfigError CONFIG_INVALID for a limit out of range
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED when the data cannot be carried over
 */
export async function createInstance(contents: PolicyContents, options: InstanceOptions = {}): Promise<PolicyInstance> {
  const policy = await compileModule(contents.wasm);
  const limits = resolveLimits(options.limits);
  const machine: MachineOptions = {
    data: encodeData(contents.data, limits),
    builtins: await loadBuiltins(readRequiredBuiltins(policy, limits)),
    limits,
    sources: {
      now: options.now ?? systemNow,
      randomBytes: options.randomBytes ?? randomBytes,
      print: options.print ?? (() => undefined),
      capabilities: options.capabilities ?? {},
    },
  };
  return new WasmInstance(policy, machine, contents);
}

const clock = { milliseconds: 0, nanoseconds: 0n };

/** A bigint a millisecond, not one a decision. */
function systemNow(): bigint {
  const milliseconds = Date.now();
  if (milliseconds !== clock.milliseconds) {
    clock.milliseconds = milliseconds;
    clock.nanoseconds = BigInt(milliseconds) * 1_000_000n;
  }
  return clock.nanoseconds;
}

class WasmInstance implements PolicyInstance {
  readonly entrypoints: readonly string[];
  readonly #policy: PolicyModule;
  readonly #options: MachineOptions;
  readonly #revision: string;
  readonly #digest: Digest;
  #machine: Machine | undefined;
  #busy = false;

  constructor(policy: PolicyModule, options: MachineOptions, contents: PolicyContents) {
    this.#policy = policy;
    this.#options = options;
    this.#revision = contents.revision;
    this.#digest = contents.digest;
    this.#machine = startMachine(policy, options);
    this.entrypoints = Object.freeze([...this.#machine.entrypoints.keys()].toSorted());
    checkEntrypoints(this.entrypoints, contents.entrypoints);
  }

  decide(input: unknown, entrypoint: string): Decision {
    if (this.#busy) throw new EvaluationError("EVALUATION_FAILED", "A decision was asked for within another decision.");
    this.#busy = true;
    try {
      const value = this.#evaluate((this.#machine ??= startMachine(this.#policy, this.#options)), input, entrypoint);
      return { value, revision: this.#revision, digest: this.#digest };
    } finally {
      this.#busy = false;
    }
  }

  #evaluate(machine: Machine, input: unknown, entrypoint: string): JsonValue {
    const id = machine.entrypoints.get(entrypoint);
    if (id === undefined) throw unknownEntrypoint(entrypoint, this.entrypoints);
    try {
      return readResult(machine.memory, machine.evaluate(id, input), entrypoint);
    } catch (thrown) {
      if (thrown instanceof FormatError) throw thrown;
      // A trap leaves the module's stack pointer where it was: the next decision starts on a fresh machine.
      if (!isAnswer(thrown)) this.#machine = undefined;
      throw toEvaluationError(thrown);
    }
  }
}

function isAnswer(thrown: unknown): boolean {
  return thrown instanceof EvaluationError && thrown.code === "DECISION_UNDEFINED";
}

function unknownEntrypoint(entrypoint: string, known: readonly string[]): EvaluationError {
  if (typeof entrypoint !== "string") throw new TypeError("the entrypoint must be a string");
  return new EvaluationError(
    "ENTRYPOINT_UNKNOWN",
    `The policy has no entrypoint ${JSON.stringify(entrypoint.slice(0, 200))}; it has ${known.join(", ")}.`,
  );
}

function startMachine(policy: PolicyModule, options: MachineOptions): Machine {
  try {
    return new Machine(policy, options);
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
