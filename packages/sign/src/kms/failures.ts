import { ConfigError } from "@policy-pack/pack";

interface FailureOptions {
  readonly cause?: unknown;
}

/** A URI or a variable is not what it must be. */
export function misconfigured(message: string, options: FailureOptions = {}): ConfigError {
  return new ConfigError("CONFIG_INVALID", message, options);
}

/** The key cannot be signed with as things are: denied, absent, disabled, or without credentials. */
export function unavailable(message: string, options: FailureOptions = {}): ConfigError {
  return new ConfigError("SIGNER_UNAVAILABLE", message, options);
}

/** The key is of a kind that would give signatures nobody here verifies. */
export function unsupportedKey(message: string, options: FailureOptions = {}): ConfigError {
  return new ConfigError("KEY_INVALID", message, options);
}

/** The service answered what it must not, or not at all in a way that a retry would not change. */
export function failed(message: string, options: FailureOptions = {}): ConfigError {
  return new ConfigError("SIGNING_FAILED", message, { ...options, retryable: false });
}

/** The service is busy, slow or out of reach: the same request may succeed later. */
export function busy(message: string, options: FailureOptions = {}): ConfigError {
  return new ConfigError("SIGNING_FAILED", message, { ...options, retryable: true });
}

/** An answer without a field, or with another value than was asked for. */
export function malformed(service: string, what: string): ConfigError {
  return failed(
    `${service} answered what does not fit the request: ${what}; check that no proxy answers in its place, then sign again.`,
  );
}
