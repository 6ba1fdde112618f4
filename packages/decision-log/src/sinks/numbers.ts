import { ConfigError } from "@policy-pack/pack";

import { LOG_DEFAULTS } from "../limits.ts";

const NAMES = [
  "maxBufferRecords",
  "maxBufferBytes",
  "maxBatchRecords",
  "maxBatchBytes",
  "maxDelayMs",
  "timeoutMs",
  "minRetryMs",
  "maxRetryMs",
] as const;

export type SinkNumbers = Record<(typeof NAMES)[number], number>;

/**
 * Fills in the defaults.
 *
 * @throws ConfigError CONFIG_INVALID for what is no whole number from 1 on
 */
export function resolveNumbers(options: Partial<Record<keyof SinkNumbers, unknown>>, what: string): SinkNumbers {
  const chosen = NAMES.map((name) => {
    const value = options[name] ?? LOG_DEFAULTS[name];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return [name, value] as const;
    throw new ConfigError(
      "CONFIG_INVALID",
      `${name} of ${what} is ${JSON.stringify(value)}; give a whole number from 1 on.`,
    );
  });
  return Object.fromEntries(chosen) as SinkNumbers;
}
