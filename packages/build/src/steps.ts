/** What a build does, in this order. */
export type BuildStep = "read" | "check" | "test" | "compile" | "parity" | "encode" | "write";

export interface StepTime {
  readonly step: BuildStep;
  readonly ms: number;
}

export interface Steps {
  /** Runs one step and records how long it took; a step that throws is not recorded. */
  time<T>(step: BuildStep, work: () => T | Promise<T>): Promise<T>;
  readonly times: readonly StepTime[];
}

/** Times steps by a monotonic clock and tells each as it ends. */
export function createSteps(onProgress?: (time: StepTime) => void): Steps {
  const times: StepTime[] = [];
  return {
    times,
    async time(step, work) {
      const start = performance.now();
      const result = await work();
      const time = { step, ms: performance.now() - start };
      times.push(time);
      onProgress?.(time);
      return result;
    },
  };
}
