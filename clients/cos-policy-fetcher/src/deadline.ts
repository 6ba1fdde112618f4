import { TransportError } from "@policy-pack/pack";
import type { FetchTimeouts } from "./limits.ts";

/**
 * One abort signal for a whole fetch: it fires after `timeoutMs`, after `idleTimeoutMs` without a `touch`, or with the
 * caller's signal, whose reason it then carries unchanged.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #overall: NodeJS.Timeout;
  readonly #idle: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;

  constructor(timeouts: FetchTimeouts, caller: AbortSignal | undefined, where: string) {
    this.#caller = caller;
    this.#overall = this.#timer(timeouts.timeoutMs, `${where} was not fetched within ${timeouts.timeoutMs} ms`);
    this.#idle = this.#timer(timeouts.idleTimeoutMs, `${where} sent nothing for ${timeouts.idleTimeoutMs} ms`);
    if (caller?.aborted === true) this.#cancel();
    caller?.addEventListener("abort", this.#cancel);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived: the silence starts anew. */
  touch(): void {
    this.#idle.refresh();
  }

  /** Rejects when the deadline passes, even while a connection is still being made. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let onAbort = (): void => undefined;
    const passed = new Promise<never>((_, reject) => {
      onAbort = (): void => {
        reject(signal.reason as Error);
      };
    });
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([work, passed]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Stops the timers; without this they would hold the process. */
  close(): void {
    clearTimeout(this.#overall);
    clearTimeout(this.#idle);
    this.#caller?.removeEventListener("abort", this.#cancel);
  }

  readonly #cancel = (): void => {
    this.#controller.abort(this.#caller?.reason);
  };

  #timer(delayMs: number, message: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#controller.abort(new TransportError("FETCH_TIMEOUT", `${message}; try again, or allow more time.`));
    }, delayMs);
  }
}
