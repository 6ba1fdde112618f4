export interface WatchdogLimits {
  /** One job may run so long. */
  readonly deadlineMs: number;
  /** From here on what waits behind it is given to idle workers. */
  readonly slowMs: number;
}

export type Sight = "idle" | "fine" | "slow" | "late";

/**
 * Tells from looks at a worker, now and then, whether it is still at the same job. Time counts from the first look that
 * saw the job, so that none is stopped before its deadline.
 */
export class Watchdog {
  readonly #limits: WatchdogLimits;
  #serial = -1;
  #index = -1;
  #sinceMs = 0;

  constructor(limits: WatchdogLimits) {
    this.#limits = limits;
  }

  /** @param index of the job that runs, in the batch of that serial; undefined when none does */
  look(serial: number, index: number | undefined, nowMs: number): Sight {
    if (index === undefined) {
      this.#serial = -1;
      return "idle";
    }
    if (serial !== this.#serial || index !== this.#index) {
      this.#serial = serial;
      this.#index = index;
      this.#sinceMs = nowMs;
      return "fine";
    }
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs >= this.#limits.deadlineMs) return "late";
    return elapsedMs >= this.#limits.slowMs ? "slow" : "fine";
  }
}
