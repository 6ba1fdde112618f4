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

/**
 * Requests go out over HTTP/1.1, a connection each, without a proxy, credentials, files or variables of this process;
 * certificates and keys are PEM texts in the request. A redirect is followed only if the request says so, to hosts of the
 * list alone. To which address a granted name leads is not checked: grant addresses where the name server is not trusted.
 * The thread that asks waits meanwhile and does nothing else.
 */
export interface HttpCapability {
  /** Exact host names or addresses that may be asked, without port and brackets; an empty list allows none. */
  readonly hosts: readonly string[];
  /** For one request with its redirects and retries, in milliseconds; 5 000 unless given. */
  readonly timeoutMs?: number;
  /** Of one answer's body, unpacked; 1 MiB unless given. */
  readonly maxResponseBytes?: number;
  /** In one decision; equal ones count once; 16 unless given. */
  readonly maxRequests?: number;
  /** Whether a request may ask that a server's certificate is not checked (`tls_insecure_skip_verify`); false unless given. */
  readonly insecureTls?: boolean;
}

export interface LookupCapability {
  /** Exact names that may be looked up, by the resolver of the operating system. */
  readonly hosts: readonly string[];
  /** For one name, in milliseconds; 5 000 unless given. */
  readonly timeoutMs?: number;
}

/** The builtins that need a capability, and which. */
export const CAPABILITY_OF: Readonly<Record<string, keyof Capabilities>> = Object.freeze({
  "http.send": "http",
  "net.lookup_ip_addr": "lookup",
  "opa.runtime": "runtime",
});
