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

const MAX_MS = 24 * 60 * 60 * 1000;

export type SinkNumbers = Record<(typeof NAMES)[number], number>;

/**
 * Fills in the defaults.
 *
 * @throws ConfigError CONFIG_INVALID for what is no whole number from 1 on, or a time of more than a day
 */
export function resolveNumbers(options: Partial<Record<keyof SinkNumbers, unknown>>, what: string): SinkNumbers {
  const chosen = NAMES.map((name) => {
    const value = options[name] ?? LOG_DEFAULTS[name];
    const most = name.endsWith("Ms") ? MAX_MS : Number.MAX_SAFE_INTEGER;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= most)
      return [name, value] as const;
    throw new ConfigError(
      "CONFIG_INVALID",
      `${name} of ${what} is ${JSON.stringify(value)}; give a whole number from 1 to ${most}.`,
    );
  });
  return Object.fromEntries(chosen) as SinkNumbers;
}
