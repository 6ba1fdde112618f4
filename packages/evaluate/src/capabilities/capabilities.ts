import type { JsonObject } from "@policy-pack/pack";

/** What a caller allows an instance beyond computing: nothing unless named here. Plain data, so that it goes to workers. */
export interface Capabilities {
  /** For `http.send`. */
  readonly http?: HttpCapability;
  /** For `net.lookup_ip_addr`. */
  readonly lookup?: LookupCapability;
  /** What `opa.runtime` answers, `env` among it; nothing is read from this process. */
  readonly runtime?: JsonObject;
}

export interface HttpCapability {
  /** Exact host names or addresses that may be asked, without port; an empty list allows none. */
  readonly hosts: readonly string[];
  /** For one request from the first byte to the last, in milliseconds; 5 000 unless given. */
  readonly timeoutMs?: number;
  /** Of one answer's body; 1 MiB unless given. */
  readonly maxResponseBytes?: number;
  /** In one decision; 16 unless given. */
  readonly maxRequests?: number;
}

export interface LookupCapability {
  /** Exact names that may be looked up. */
  readonly hosts: readonly string[];
  /** In milliseconds; 5 000 unless given. */
  readonly timeoutMs?: number;
}

/** The builtins that need a capability, and which. */
export const CAPABILITY_OF: Readonly<Record<string, keyof Capabilities>> = Object.freeze({
  "http.send": "http",
  "net.lookup_ip_addr": "lookup",
  "opa.runtime": "runtime",
});
