import { ConfigError } from "@policy-pack/pack";

/**
 * A base URL that secrets may be sent to: https:, or http: on the loopback interface, which nobody else can listen to.
 * @throws ConfigError CONFIG_INVALID, without repeating the text: an address may carry a password
 */
export function serviceUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw misplaced(`${what} is not a plain URL; give it as https://HOST[:PORT], without user, query or fragment.`);
  }
  if (isConfidential(url)) return url;
  throw misplaced(
    `${what} is ${url.protocol}//${url.host}, which would send credentials in clear; use https:, or an agent on 127.0.0.1.`,
  );
}

/** The URL's text without its last slash or an empty query, since paths are put behind it. */
export function baseOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`.replace(/\/+$/, "");
}

/** Whether nobody on the way can read what is sent there. */
export function isConfidential({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function misplaced(message: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", message);
}
