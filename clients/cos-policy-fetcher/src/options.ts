import { ConfigError } from "@policy-pack/pack";
import type { Dispatcher } from "undici";
import { DEFAULTS, MAX_TIMEOUT_MS } from "./limits.ts";
import type { FetchLimits, FetchTimeouts } from "./limits.ts";

/** How to fetch. Everything may be left out; `DEFAULTS` says what applies then. */
export interface FetchOptions {
  /** Lower (or, knowingly, higher) caps than `DEFAULTS.limits`. */
  readonly limits?: Partial<FetchLimits> | undefined;
  /** For the whole call. Default 30 000 ms. */
  readonly timeoutMs?: number | undefined;
  /** For each silence; at most `timeoutMs`. Default 30 000 ms, or `timeoutMs` when that is shorter. */
  readonly idleTimeoutMs?: number | undefined;
  /** undici's: a proxy, a client certificate, a mock. Default: one HTTP/1.1 pool for the process. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Checked options with every default filled in. */
export interface FetchSettings extends FetchTimeouts {
  readonly limits: FetchLimits;
  /** Undefined: the one pool for the process. */
  readonly dispatcher: Dispatcher | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * @throws TypeError for a value of the wrong type
 * @throws ConfigError CONFIG_INVALID for a number out of range, or an idle time-out longer than the whole
 */
export function toFetchSettings(options: FetchOptions = {}): FetchSettings {
  checkObject("options", options);
  const timeoutMs = count("timeoutMs", options.timeoutMs, DEFAULTS.timeoutMs, MAX_TIMEOUT_MS);
  const idleDefault = Math.min(DEFAULTS.idleTimeoutMs, timeoutMs);
  const idleTimeoutMs = count("idleTimeoutMs", options.idleTimeoutMs, idleDefault, MAX_TIMEOUT_MS);
  if (idleTimeoutMs > timeoutMs) {
    throw new ConfigError("CONFIG_INVALID", `idleTimeoutMs ${idleTimeoutMs} exceeds timeoutMs ${timeoutMs}; lower it.`);
  }
  return Object.freeze({
    timeoutMs,
    idleTimeoutMs,
    limits: toLimits(options.limits ?? {}),
    dispatcher: toDispatcher(options.dispatcher),
    signal: toSignal(options.signal),
  });
}

/** @throws TypeError */
export function checkObject(name: string, value: unknown): asserts value is object {
  if (typeof value !== "object" || value === null) throw new TypeError(`${name} must be an object.`);
}

function toLimits(given: Partial<FetchLimits>): FetchLimits {
  checkObject("limits", given);
  const cap = (name: keyof FetchLimits): number =>
    count(`limits.${name}`, given[name], DEFAULTS.limits[name], Number.MAX_SAFE_INTEGER);
  return Object.freeze({
    maxPackBytes: cap("maxPackBytes"),
    maxFiles: cap("maxFiles"),
    maxFileBytes: cap("maxFileBytes"),
    maxNameBytes: cap("maxNameBytes"),
    maxBundleBytes: cap("maxBundleBytes"),
  });
}

function count(name: string, value: unknown, fallback: number, max: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number.`);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new ConfigError("CONFIG_INVALID", `${name} is ${value}; give a whole number from 1 to ${max}.`);
}

/** By its shape: dispatchers come from other versions of undici too. */
function toDispatcher(given: unknown): Dispatcher | undefined {
  if (given === undefined) return undefined;
  checkObject("dispatcher", given);
  if (!("dispatch" in given) || typeof given.dispatch !== "function") {
    throw new TypeError("dispatcher must be an undici Dispatcher.");
  }
  return given as Dispatcher;
}

function toSignal(given: unknown): AbortSignal | undefined {
  if (given === undefined) return undefined;
  checkObject("signal", given);
  if (!("aborted" in given) || !("addEventListener" in given)) throw new TypeError("signal must be an AbortSignal.");
  return given as AbortSignal;
}
