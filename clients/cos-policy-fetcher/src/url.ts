import { ConfigError, isPackId } from "@policy-pack/pack";

const ATTESTATION = "/attestation";
const PACK = /\/v1\/policy\/packs\/([^/]+)\/*$/;

/**
 * Reads the address of a pack or of its attestation. `http:` is taken for any host, since every byte is verified after it
 * arrives. Credentials in the address are refused: addresses end up in logs. A fragment is dropped.
 * @throws TypeError when it is neither a string nor a URL
 * @throws ConfigError CONFIG_INVALID; the message never repeats the address
 */
export function parseUrl(url: string | URL): URL {
  if (typeof url !== "string" && !(url instanceof URL)) throw new TypeError("url must be a string or a URL.");
  const parsed = URL.parse(String(url));
  if (parsed === null) throw new ConfigError("CONFIG_INVALID", "The url is not an absolute URL; give http(s)://….");
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw new ConfigError("CONFIG_INVALID", `A ${parsed.protocol} url cannot be fetched; give an http(s) one.`);
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new ConfigError("CONFIG_INVALID", "The url holds credentials; leave them out, a pack is read without.");
  }
  parsed.hash = "";
  return parsed;
}

/** The address of the attestation of the pack at this address: the path is added before any query. */
export function attestationUrl(packUrl: URL): URL {
  const path = packUrl.pathname.replace(/\/+$/, "");
  const url = new URL(packUrl);
  url.pathname = path.endsWith(ATTESTATION) ? path : path + ATTESTATION;
  return url;
}

/** The packId that the address of a pack names: `…/v1/policy/packs/<packId>`; undefined for any other address. */
export function packIdOfUrl(url: string | URL): string | undefined {
  const [, packId] = PACK.exec(parseUrl(url).pathname) ?? [];
  return packId !== undefined && isPackId(packId) ? packId : undefined;
}

/** The address as messages show it: without its query, which may hold a token. */
export function displayUrl(url: URL): string {
  return url.origin + url.pathname + (url.search === "" ? "" : "?…");
}
