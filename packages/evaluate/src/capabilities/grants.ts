import { ConfigError } from "@policy-pack/pack";

import type { Capabilities, HttpCapability, LookupCapability } from "./capabilities.ts";

const HTTP_DEFAULTS = Object.freeze({
  timeoutMs: 5000,
  maxResponseBytes: 1024 * 1024,
  maxRequests: 16,
  insecureTls: false,
});
const LOOKUP_DEFAULTS = Object.freeze({ timeoutMs: 5000 });
/** A caller waits for as long, and a thread's clock does not take more. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1 - 60_000;

/** With the defaults, and hosts as they are compared: in lower case. */
export function resolveHttp(capability: HttpCapability): Required<HttpCapability> {
  return { ...HTTP_DEFAULTS, ...capability, hosts: hostsOf(capability.hosts) };
}

export function resolveLookup(capability: LookupCapability): Required<LookupCapability> {
  return { ...LOOKUP_DEFAULTS, ...capability, hosts: hostsOf(capability.hosts) };
}

function hostsOf(hosts: readonly string[]): readonly string[] {
  return hosts.map((host) => host.toLowerCase());
}

/**
 * Refuses grants that mean nothing: a host that is no plain name, a limit that is no positive whole number, a runtime
 * that is no object. Whether a host exists, and to which address it leads, is not checked.
 *
 * @throws ConfigError CONFIG_INVALID
 */
export function checkGrants({ http, lookup, runtime }: Capabilities): void {
  if (http !== undefined) {
    const { timeoutMs, maxResponseBytes, maxRequests, insecureTls } = resolveHttp(checkHosts("http", http));
    checkCount("http.timeoutMs", timeoutMs, MAX_TIMEOUT_MS);
    checkCount("http.maxResponseBytes", maxResponseBytes, Number.MAX_SAFE_INTEGER);
    checkCount("http.maxRequests", maxRequests, Number.MAX_SAFE_INTEGER);
    // Not only for JavaScript: what is granted may have been read from a file.
    if (![true, false].includes(insecureTls)) throw invalid("http.insecureTls", "true or false");
  }
  if (lookup !== undefined) {
    checkCount("lookup.timeoutMs", resolveLookup(checkHosts("lookup", lookup)).timeoutMs, MAX_TIMEOUT_MS);
  }
  if (runtime !== undefined && !isObject(runtime)) {
    throw invalid("runtime", "an object");
  }
}

function checkHosts<T extends { readonly hosts: readonly string[] }>(name: string, capability: T): T {
  const hosts: unknown = capability.hosts;
  const isHost = (host: unknown): boolean => typeof host === "string" && /^[^\s/?#@[\]]+$/.test(host);
  if (!Array.isArray(hosts) || !hosts.every(isHost)) {
    throw invalid(`${name}.hosts`, "a list of host names or addresses, without scheme, port and brackets");
  }
  return capability;
}

function checkCount(name: string, value: number, ceiling: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > ceiling) {
    throw invalid(name, `a whole number from 1 to ${ceiling}`);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(name: string, wanted: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", `capabilities.${name} is not usable; give ${wanted}.`);
}
