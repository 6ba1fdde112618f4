/** A change of the data documents; without a path all of them, without bytes what stands at the path goes. */
export interface DataUpdate {
  readonly path?: readonly string[];
  /** JSON, in memory that all threads share. */
  readonly json?: Uint8Array;
}

/** What a worker that starts anew loads: the documents, and what was changed in them since. */
export interface DataState {
  readonly base: Uint8Array;
  readonly patches: readonly DataUpdate[];
}

type Verdict = "open" | "accepted" | "refused";

interface Entry {
  readonly update: DataUpdate;
  verdict: Verdict;
}

/**
 * The versions of the data since the oldest that a worker still has. The first worker that takes an update, or cannot,
 * decides for all whether it counts; a version whose update was refused is the same as the one before.
 */
export class DataHistory {
  #oldest = 0;
  #latest = 0;
  #state: DataState;
  readonly #entries = new Map<number, Entry>();

  constructor(base: Uint8Array) {
    this.#state = { base, patches: [] };
  }

  /** The documents as the slowest worker has them. */
  get oldest(): DataState {
    return this.#state;
  }

  /** The same documents, with the patches in them. */
  fold(base: Uint8Array): void {
    this.#state = { base, patches: [] };
  }

  get latest(): number {
    return this.#latest;
  }

  /** The version that the update makes. */
  add(update: DataUpdate): number {
    this.#latest += 1;
    this.#entries.set(this.#latest, { update, verdict: "open" });
    return this.#latest;
  }

  /** What makes this version of the one before: nothing where it was refused. */
  updateAt(epoch: number): DataUpdate | undefined {
    const entry = this.#entries.get(epoch);
    return entry?.verdict === "refused" ? undefined : entry?.update;
  }

  verdictOf(epoch: number): Verdict {
    return this.#entries.get(epoch)?.verdict ?? "accepted";
  }

  /** Only the first word counts. */
  decide(epoch: number, verdict: "accepted" | "refused"): void {
    const entry = this.#entries.get(epoch);
    if (entry?.verdict === "open") entry.verdict = verdict;
  }

  /** What a worker starts with to have this version. */
  stateAt(epoch: number): DataState {
    let state = this.#state;
    for (let at = this.#oldest + 1; at <= epoch; at++) state = apply(state, this.#entries.get(at));
    return state;
  }

  /** No worker has an older version any more, or will. */
  forgetBefore(epoch: number): void {
    if (epoch <= this.#oldest) return;
    this.#state = this.stateAt(epoch);
    for (let at = this.#oldest + 1; at <= epoch; at++) this.#entries.delete(at);
    this.#oldest = epoch;
  }
}

function apply(state: DataState, entry: Entry | undefined): DataState {
  if (entry?.verdict !== "accepted") return state;
  const { update } = entry;
  const { path, json } = update;
  if (path === undefined) return { base: json ?? state.base, patches: [] };
  // What stood at the path or below it is gone. What was put there must have been there for a removal to be right.
  const kept = state.patches.filter((patch) => json === undefined || !isWithin(patch.path ?? [], path));
  return { base: state.base, patches: [...kept, update] };
}

function isWithin(path: readonly string[], outer: readonly string[]): boolean {
  return outer.length <= path.length && outer.every((part, index) => part === path[index]);
}
