/** Time as the sinks see it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls the action once, in so many milliseconds; the answer cancels it. */
  after(ms: number, action: () => void): () => void;
}

/** Node takes a longer time as none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The system's; its timers do not keep a process alive, which `close` is for. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  now: () => Date.now(),
  after: (ms: number, action: () => void) => {
    const timer = setTimeout(action, Math.min(ms, MAX_TIMER_MS)).unref();
    return () => {
      clearTimeout(timer);
    };
  },
});
