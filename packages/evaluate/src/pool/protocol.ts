import type { Digest } from "@policy-pack/pack";

import type { BuiltinErrorReport, DecideOptions, DecisionValue } from "../decision.ts";
import type { CompiledPolicy } from "../module/compiled-policy.ts";
import type { DataUpdate } from "./data-history.ts";
import type { PoolOptions } from "./options.ts";
import type { WireError } from "./wire-error.ts";

/** What a worker is started with. */
export interface WorkerStart {
  readonly policy: CompiledPolicy;
  readonly contents: { readonly digest: Digest; readonly revision: string; readonly entrypoints: readonly string[] };
  /** The data documents as JSON. */
  readonly data: Uint8Array;
  readonly patches: readonly DataUpdate[];
  readonly options: Pick<PoolOptions, "limits" | "capabilities" | "strictBuiltinErrors">;
  /** Where the worker counts the jobs that it starts. */
  readonly cells: Int32Array;
}

/** Numbers a job has in a batch's table: entrypoint, where its input starts, where it ends. */
export const TABLE_WIDTH = 3;
/** As the start: the question has no input. */
export const NO_INPUT = 0xffff_ffff;

export interface DecideMessage {
  readonly kind: "decide";
  readonly serial: number;
  readonly bytes: Uint8Array;
  readonly table: Uint32Array;
  /** Of the few jobs that have any, by index. */
  readonly options: readonly (readonly [number, DecideOptions])[];
}

export interface UpdateMessage {
  readonly kind: "update";
  readonly epoch: number;
  readonly update: DataUpdate;
}

export type ToWorker = DecideMessage | UpdateMessage;

/** How a job came out; most answers are one boolean, which needs no copying of objects between threads. */
export const CODE = { false: 0, true: 1, value: 2, reported: 3, error: 4 } as const;

/** A decision whose policy's builtins failed on the way. */
export interface Reported {
  readonly value: DecisionValue;
  readonly builtinErrors: readonly BuiltinErrorReport[];
}

/** What goes with the codes `value`, `reported` and `error`. */
export type Detail = DecisionValue | Reported | WireError;

export interface DecidedMessage {
  readonly kind: "decided";
  readonly serial: number;
  /** One of `CODE` for each job that the worker came to. */
  readonly codes: Uint8Array;
  /** In the order of the codes that have one; as JSON where it carries them all, since that is faster. */
  readonly details: string | readonly Detail[];
}

export type FromWorker =
  | DecidedMessage
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly error: WireError }
  | { readonly kind: "updated"; readonly epoch: number; readonly error?: WireError };
