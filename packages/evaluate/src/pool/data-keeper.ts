import type { PolicyPackError } from "@policy-pack/pack";

import type { DataInput } from "../policy-instance.ts";
import { encodeData, encodeDataValue } from "../machine/data.ts";
import type { DataRules } from "../machine/data.ts";
import { DataHistory } from "./data-history.ts";
import type { DataState, DataUpdate } from "./data-history.ts";
import { foldData } from "./fold-data.ts";
import { saturatedError } from "./refusals.ts";

type Reason = PolicyPackError | TypeError;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Updates that not every worker has; each may hold a copy of the documents. */
const MAX_PENDING = 64;
/** From here on changes are folded into the documents, when they are larger than those. */
const MIN_FOLDED_BYTES = 1024 * 1024;
/** What a change costs beside its value. */
const PATCH_BYTES = 1024;

/** JSON in memory that every thread reads where it is. */
export function shareBytes(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** The pool's data: checks and takes updates, and tells their callers when all workers have them. */
export class DataKeeper {
  readonly history: DataHistory;
  readonly #rules: DataRules;
  readonly #waiters = new Map<number, Waiter>();

  constructor(data: Uint8Array, rules: DataRules) {
    this.history = new DataHistory(data);
    this.#rules = rules;
  }

  get pending(): number {
    return this.#waiters.size;
  }

  /** @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED; EvaluationError POOL_SATURATED */
  set(data: DataInput): Promise<void> {
    return this.#add({ json: shareBytes(encodeData(data, this.#rules)) });
  }

  /** @throws as `set`; TypeError */
  patch(path: readonly string[], value: DataInput | undefined): Promise<void> {
    const kept = [...path];
    // What no thread can be sent would stop this one.
    if (!kept.every((key) => typeof key === "string")) throw new TypeError("the path must be a list of keys");
    if (value === undefined) return this.#add({ path: kept });
    return this.#add({ path: kept, json: shareBytes(encodeDataValue(value, { ...this.#rules, depth: kept.length })) });
  }

  /** What a worker loads to have this version. */
  stateAt(epoch: number): DataState {
    return this.history.stateAt(epoch);
  }

  judge(epoch: number, refusal: Reason | undefined): void {
    if (refusal === undefined) return;
    this.#waiters.get(epoch)?.reject(refusal);
    this.#waiters.delete(epoch);
  }

  /** Every worker has this version or a later one. */
  pass(epoch: number): void {
    this.history.forgetBefore(epoch);
    this.#foldLarge();
    for (const [waiting, { resolve }] of this.#waiters) {
      if (waiting > epoch) continue;
      this.#waiters.delete(waiting);
      resolve();
    }
  }

  close(reason: Reason): void {
    for (const { reject } of this.#waiters.values()) reject(reason);
    this.#waiters.clear();
  }

  #add(update: DataUpdate): Promise<void> {
    if (this.#waiters.size >= MAX_PENDING) throw saturatedError(this.#waiters.size);
    const epoch = this.history.add(update);
    return new Promise((resolve, reject) => {
      this.#waiters.set(epoch, { resolve, reject });
    });
  }

  #foldLarge(): void {
    const { base, patches } = this.history.oldest;
    const bytes = patches.reduce((total, { json }) => total + PATCH_BYTES + (json?.length ?? 0), 0);
    if (bytes > MIN_FOLDED_BYTES + base.length) this.history.fold(shareBytes(foldData({ base, patches })));
  }
}
