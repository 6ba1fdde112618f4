import { ConfigError } from "@policy-pack/pack";

export interface ServerAddress {
  readonly url: URL;
  readonly warnings: readonly string[];
}

const LOOPBACK = /^(?:localhost|127\.[0-9.]+|\[::1\])$/;

/**
 * The address of a policy-pack server that a token is to be sent to.
 * @throws ConfigError CONFIG_INVALID for what is no http or https URL, or one with credentials, a query or a fragment
 */
export function readServerAddress(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && [url.username, url.password, url.search, url.hash].every((part) => part === "");
  if (!isPlain || !["https:", "http:"].includes(url.protocol)) {
    throw new ConfigError("CONFIG_INVALID", "--server is to be an http or https URL, such as https://policy.example.");
  }
  const isSafe = url.protocol === "https:" || LOOPBACK.test(url.hostname);
  return { url, warnings: isSafe ? [] : [`the token goes to ${url.host} unencrypted; use https`] };
}
