import { availableParallelism } from "node:os";

import { ConfigError } from "@policy-pack/pack";

import type { Capabilities } from "../capabilities/capabilities.ts";
import type { EvaluationLimits } from "../limits.ts";

/** Plain data throughout, since it goes to the workers. */
export interface PoolOptions {
  /** Workers; as many as the machine has cores unless given. */
  readonly size?: number | undefined;
  /** One decision may compute so long; its worker is stopped then. Waiting in the queue does not count. 1 000 unless given. */
  readonly deadlineMs?: number | undefined;
  /** Questions that may wait for a worker; 10 000 unless given. */
  readonly maxQueue?: number | undefined;
  /** Their inputs together, as JSON in bytes; 64 MiB unless given. */
  readonly maxQueueBytes?: number | undefined;
  /** A worker may take so long to start, and to take new data; 60 000 unless given. */
  readonly loadTimeoutMs?: number | undefined;
  /** JavaScript's own heap of one worker, where builtins compute; 512 MiB unless given. The module's is `limits.maxMemoryBytes`. */
  readonly maxHeapBytes?: number | undefined;
  readonly limits?: Partial<EvaluationLimits> | undefined;
  readonly capabilities?: Capabilities | undefined;
  readonly strictBuiltinErrors?: boolean | undefined;
}

export interface PoolSettings {
  readonly size: number;
  readonly deadlineMs: number;
  readonly maxQueue: number;
  readonly maxQueueBytes: number;
  readonly loadTimeoutMs: number;
  readonly maxHeapBytes: number;
}

const MIB = 1024 * 1024;

export const POOL_DEFAULTS: PoolSettings = Object.freeze({
  size: availableParallelism(),
  deadlineMs: 1_000,
  maxQueue: 10_000,
  maxQueueBytes: 64 * MIB,
  loadTimeoutMs: 60_000,
  maxHeapBytes: 512 * MIB,
});

const RANGES: { readonly [Name in keyof PoolSettings]: readonly [number, number] } = {
  size: [1, 256],
  deadlineMs: [1, 3_600_000],
  maxQueue: [1, 10_000_000],
  maxQueueBytes: [1, 16 * 1024 * MIB],
  loadTimeoutMs: [1, 3_600_000],
  // Below this no worker of Node starts.
  maxHeapBytes: [16 * MIB, 64 * 1024 * MIB],
};

const NAMES = Object.keys(RANGES) as (keyof PoolSettings)[];

/**
 * Fills in the defaults.
 *
 * @throws ConfigError CONFIG_INVALID for what is no whole number within its range
 */
export function resolvePoolSettings(options: PoolOptions): PoolSettings {
  const chosen = NAMES.map((name) => {
    const value = options[name] ?? POOL_DEFAULTS[name];
    const [least, most] = RANGES[name];
    if (Number.isInteger(value) && value >= least && value <= most) return [name, value] as const;
    throw new ConfigError(
      "CONFIG_INVALID",
      `${name} of the pool is ${value}; give a whole number from ${least} to ${most}.`,
    );
  });
  return Object.freeze(Object.fromEntries(chosen)) as unknown as PoolSettings;
}
