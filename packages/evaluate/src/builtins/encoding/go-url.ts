import { escapeBytes, unescapeBytes } from "../uri/escape.ts";
import type { EscapeMode } from "../uri/escape.ts";
import { cut, parseUrl } from "../uri/url.ts";
import type { GoUrl } from "../uri/url.ts";

/** A URL as Go takes it apart, with what its printing needs beside that. */
export interface PrintableUrl extends GoUrl {
  /** Only when it is not the usual escaping of the fragment. */
  readonly rawFragment: string;
  /** `scheme:/path`, without the slashes of an authority. */
  readonly omitsHost: boolean;
  readonly escapedPath: string;
  /** The whole, as Go prints it again. */
  readonly text: string;
}

/** What Go leaves in an escaped path or fragment although it would escape it itself. */
const VALID_PATH = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/]*$/;
const VALID_FRAGMENT = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/?]*$/;

/**
 * Parses as Go's url.Parse and keeps enough to print the URL again, byte by byte.
 *
 * @throws BuiltinError for what Go does not parse
 * @see https://pkg.go.dev/net/url#URL.String
 */
export function parsePrintableUrl(text: string): PrintableUrl {
  const url = parseUrl(text);
  const [reference, fragment] = cut(text, "#");
  const hierarchy = cut(reference, "?")[0].slice(url.scheme === "" ? 0 : url.scheme.length + 1);
  const omitsHost = url.scheme !== "" && /^\/(?!\/)/.test(hierarchy);
  const [authority, path] = splitAuthority(url, hierarchy);
  const escapedPath = VALID_PATH.test(path) ? path : normalize(path, "path");
  const rawFragment = normalize(fragment, "fragment") === fragment ? "" : fragment;
  const head = printHead(url, { authority, omitsHost, hasPath: path !== "" });
  const body = url.opaque === "" ? head + printPath(url, head, escapedPath) : `${url.scheme}:${url.opaque}`;
  const query = url.hasEmptyQuery || url.rawQuery !== "" ? `?${url.rawQuery}` : "";
  const end = VALID_FRAGMENT.test(fragment) ? fragment : normalize(fragment, "fragment");
  return { ...url, rawFragment, omitsHost, escapedPath, text: body + query + (fragment === "" ? "" : `#${end}`) };
}

function splitAuthority(url: GoUrl, hierarchy: string): readonly [authority: string, path: string] {
  if (url.opaque !== "") return ["", ""];
  const present = hierarchy.startsWith("//") && (url.scheme !== "" || !hierarchy.startsWith("///"));
  if (!present) return ["", hierarchy];
  const slash = hierarchy.indexOf("/", 2);
  return slash === -1 ? [hierarchy.slice(2), ""] : [hierarchy.slice(2, slash), hierarchy.slice(slash)];
}

function printHead(
  { scheme, user, host }: GoUrl,
  { authority, omitsHost, hasPath }: { authority: string; omitsHost: boolean; hasPath: boolean },
): string {
  const prefix = scheme === "" ? "" : `${scheme}:`;
  const isBare = host === "" && user === undefined;
  if ((scheme === "" && isBare) || (omitsHost && isBare)) return prefix;
  const slashes = hasPath || !isBare ? "//" : "";
  const at = authority.lastIndexOf("@");
  const info = at === -1 ? "" : `${printUser(authority.slice(0, at))}@`;
  return prefix + slashes + info + normalize(authority.slice(at + 1), "host");
}

/** `name:` has an empty password, `name` has none. */
function printUser(info: string): string {
  const [name, password] = cut(info, ":");
  return normalize(name, "user") + (info.includes(":") ? `:${normalize(password, "user")}` : "");
}

function printPath({ host }: GoUrl, head: string, path: string): string {
  if (path !== "" && !path.startsWith("/") && host !== "") return `/${path}`;
  return head === "" && cut(path, "/")[0].includes(":") ? `./${path}` : path;
}

/** Unescaped and escaped again as Go does it; that it may be unescaped has been checked. */
function normalize(escaped: string, mode: EscapeMode): string {
  return escapeBytes(unescapeBytes(escaped, "path"), mode);
}
