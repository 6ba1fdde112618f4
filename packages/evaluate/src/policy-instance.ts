import type { Digest, JsonValue } from "@policy-pack/pack";

import type { DecideOptions, Decision, DecisionOutcome, Question } from "./decision.ts";
import type { JsonText } from "./json-text.ts";
import type { EvaluationLimits } from "./limits.ts";
import type { CompiledPolicy } from "./module/compiled-policy.ts";
import type { SourceOptions } from "./sources.ts";

/** The parts of a pack's contents that decide. */
export interface PolicyContents {
  readonly wasm: Uint8Array;
  /** Compiled from `wasm` by `compilePolicy`; whoever shares one says so: it is not compared. */
  readonly module?: CompiledPolicy | undefined;
  readonly data: JsonValue;
  /** The same documents as JSON, every number as it was written; wins over `data`. */
  readonly dataJson?: Uint8Array | undefined;
  readonly digest: Digest;
  readonly revision: string;
  readonly entrypoints: readonly string[];
}

export interface InstanceOptions extends SourceOptions {
  readonly limits?: Partial<EvaluationLimits> | undefined;
  /** A builtin error of the host stops the decision (BUILTIN_FAILED), as in OPA's strict mode. Off unless set. */
  readonly strictBuiltinErrors?: boolean | undefined;
}

/** A document: a value (a bigint is an integer), JSON as UTF-8 bytes, or `jsonText(...)`. A string is a string value. */
export type DataInput = JsonValue | Uint8Array | JsonText | Readonly<Record<string, unknown>> | readonly unknown[];

export interface PolicyInstance {
  /** Sorted, as `package/path/rule`. */
  readonly entrypoints: readonly string[];
  /**
   * Asks one entrypoint about one input, in this thread. `undefined` means no input document; `false`, `0`, `""` and
   * `null` are inputs; bytes and `jsonText(...)` are JSON already. A policy that loops for ever is not interrupted.
   *
   * @throws EvaluationError ENTRYPOINT_UNKNOWN, DECISION_UNDEFINED, EVALUATION_FAILED, BUILTIN_FAILED, MEMORY_EXCEEDED,
   *   INSTANCE_CLOSED: none is an allow
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   */
  decide(input: unknown, entrypoint: string, options?: DecideOptions): Decision;
  /** The value as JSON text, every number exact, as `opa eval --format raw` prints it. Errors as of `decide`. */
  decideText(input: unknown, entrypoint: string, options?: DecideOptions): string;
  /**
   * Answers in the order of the questions; one that fails leaves the others alone. Questions in a row about the same
   * input (`===`) parse it once: it must not change meanwhile.
   *
   * @throws EvaluationError INSTANCE_CLOSED
   */
  decideMany(questions: Iterable<Question>): DecisionOutcome[];
  /**
   * Replaces the data documents: all of them or, on an error, none. That they stay clear of the policy's own packages
   * is not checked.
   *
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   * @throws EvaluationError MEMORY_EXCEEDED, INSTANCE_CLOSED
   */
  setData(data: DataInput): void;
  /**
   * Sets the value at a path of keys, with the objects on the way to it; `undefined` removes it. All or nothing. Lists
   * are changed as a whole. Errors as of `setData`; INPUT_INVALID too when the path leads through what is no object.
   */
  patchData(path: readonly string[], value: DataInput | undefined): void;
  /** Gives the memory back. Every later call throws INSTANCE_CLOSED. */
  close(): void;
}
