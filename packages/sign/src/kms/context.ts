import { readFile, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf, PolicyPackError } from "@policy-pack/pack";
import type { Environment } from "../identity-token.ts";
import { serviceUrl } from "../service-url.ts";
import { busy, failed, misconfigured } from "./failures.ts";
import { KMS_LIMITS } from "./limits.ts";
import { PACKAGES } from "./packages.ts";
import type { KmsPackages } from "./packages.ts";
import { Secrets } from "./secrets.ts";

export interface KmsOptions {
  /** Where addresses, tokens and PINs are read from, for instance `process.env`. */
  readonly env: Environment;
  /** Reached instead of the service's own address: a private endpoint or an emulator. http: on loopback alone. */
  readonly endpoint?: string;
  /** Of each request, credentials included; default 30 000 ms. */
  readonly timeoutMs?: number;
  /** Of a request that was throttled, timed out or failed on the way; default 2. */
  readonly retries?: number;
  /** The pause before the first retry, doubled for each further one; default 500 ms. */
  readonly retryDelayMs?: number;
  /** Ends whatever the signer is waiting for, while it is opened and while it signs. */
  readonly signal?: AbortSignal;
}

/** What every provider works with: the checked options, and what must not be told. */
export interface KmsContext {
  readonly env: Environment;
  readonly endpoint: URL | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly retryDelayMs: number;
  readonly signal: AbortSignal | undefined;
  readonly secrets: Secrets;
  readonly packages: KmsPackages;
}

/** @throws ConfigError CONFIG_INVALID; TypeError for a number out of range */
export function toContext(options: KmsOptions, packages: KmsPackages = PACKAGES): KmsContext {
  const { timeoutMs, retries, retryDelayMs } = { ...KMS_LIMITS, ...withoutUndefined(options) };
  checkWhole("timeoutMs", timeoutMs, 1, 10 * 60_000);
  checkWhole("retries", retries, 0, 10);
  checkWhole("retryDelayMs", retryDelayMs, 0, KMS_LIMITS.maxRetryDelayMs);
  const { env, endpoint, signal } = options;
  return {
    env,
    timeoutMs,
    retries,
    retryDelayMs,
    signal,
    endpoint: endpoint === undefined ? undefined : serviceUrl(endpoint, "The endpoint"),
    secrets: new Secrets(env),
    packages,
  };
}

/** A variable's value; an empty one counts as unset, as shells and CI systems leave them. */
export function variable(context: Pick<KmsContext, "env">, name: string): string | undefined {
  return context.env[name] === "" ? undefined : context.env[name];
}

/** Tries an action within its time, and again as often as the options say when it failed in a way that may pass. */
export async function attempt<T>(
  context: KmsContext,
  service: string,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await withinTime(context, service, action);
    } catch (error) {
      if (!(error instanceof PolicyPackError && error.retryable) || tried >= context.retries) throw error;
    }
    await pauseBefore(tried, context, service);
  }
}

/** One try. What the action does after its time is up is not waited for. */
export async function withinTime<T>(
  context: Pick<KmsContext, "timeoutMs" | "signal">,
  service: string,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs } = context;
  if (signal?.aborted === true) throw cancelled(service);
  const controller = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener("abort", () => {
      reject(controller.signal.reason as PolicyPackError);
    });
  });
  const timer = setTimeout(() => {
    controller.abort(
      busy(`${service} did not answer within ${timeoutMs} ms; check the connection to it, then sign again.`),
    );
  }, timeoutMs);
  const cancel = (): void => {
    controller.abort(cancelled(service));
  };
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([action(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

/** CA certificates (PEM) from the file that a variable names; undefined when the variable is unset. */
export async function readCertificates(context: KmsContext, name: string): Promise<string | undefined> {
  const file = variable(context, name);
  return file === undefined ? undefined : readSmallFile(file, name);
}

/** @throws ConfigError CONFIG_INVALID when the file cannot be read or is too large; its text is never repeated */
export async function readSmallFile(file: string, what: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > KMS_LIMITS.maxFileBytes)
      throw new Error(`it has ${size} bytes, at most ${KMS_LIMITS.maxFileBytes} are read`);
    return await readFile(file, "utf8");
  } catch (cause) {
    throw misconfigured(`The file that ${what} names cannot be read: ${messageOf(cause)}; check its path.`, { cause });
  }
}

async function pauseBefore(tried: number, context: KmsContext, service: string): Promise<void> {
  const delay = Math.min(context.retryDelayMs * 2 ** tried, KMS_LIMITS.maxRetryDelayMs);
  try {
    await pause(delay, undefined, context.signal === undefined ? {} : { signal: context.signal });
  } catch {
    throw cancelled(service);
  }
}

function cancelled(service: string): PolicyPackError {
  return failed(`The request to ${service} was cancelled; nothing was signed.`);
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}`);
}

function withoutUndefined(options: KmsOptions): Partial<KmsOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
