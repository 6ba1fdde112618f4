import { BuiltinError } from "../builtin.ts";
import { quoteString } from "../strings/go-quote.ts";
import { escapeText } from "../uri/escape.ts";
import { parseUrl } from "../uri/url.ts";
import type { GoUrl } from "../uri/url.ts";

/**
 * A reference as gojsonreference holds it: a URL of Go's.
 *
 * @throws BuiltinError when it is none
 */
export function parseReference(text: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    throw new BuiltinError(`parse ${quoteString(text)}: ${thrown.message}`, { cause: thrown });
  }
}

/** Go's URL.String, but for escapes that were written otherwise than Go writes them. */
export function referenceText(url: GoUrl): string {
  const scheme = url.scheme === "" ? "" : `${url.scheme}:`;
  const query = url.hasEmptyQuery || url.rawQuery !== "" ? `?${url.rawQuery}` : "";
  const fragment = url.fragment === "" ? "" : `#${escapeText(url.fragment, "fragment")}`;
  if (url.opaque !== "") return scheme + url.opaque + query + fragment;
  return scheme + hierarchyText(url, scheme !== "") + query + fragment;
}

function hierarchyText(url: GoUrl, hasScheme: boolean): string {
  const path = escapedPath(url);
  const hasAuthority = url.host !== "" || url.user !== undefined;
  if (!hasAuthority) {
    const isAmbiguous = !hasScheme && (path.split("/", 1)[0] ?? "").includes(":");
    return (isAmbiguous ? "./" : "") + path;
  }
  const user = url.user === undefined ? "" : `${url.user.map((part) => escapeText(part, "user")).join(":")}@`;
  const slash = path !== "" && !path.startsWith("/") && url.host !== "" ? "/" : "";
  return `//${user}${escapeText(url.host, "host")}${slash}${path}`;
}

function escapedPath(url: GoUrl): string {
  return url.rawPath === "" ? escapeText(url.path, "path") : url.rawPath;
}

/** Go's URL.ResolveReference with a base that has lost its fragment: RFC 3986, 5.2. */
export function resolveReference(base: GoUrl, child: GoUrl): GoUrl {
  const scheme = child.scheme === "" ? base.scheme : child.scheme;
  const withPath = (full: string): GoUrl => ({ ...child, scheme, ...pathOf(full) });
  if (child.scheme !== "" || child.host !== "" || child.user !== undefined) {
    return child.opaque === "" ? withPath(removeDots(escapedPath(child))) : child;
  }
  const keepsQuery = child.path === "" && !child.hasEmptyQuery && child.rawQuery === "";
  const rawQuery = keepsQuery ? base.rawQuery : child.rawQuery;
  if (child.path === "" && base.opaque !== "") return { ...child, scheme, rawQuery, opaque: base.opaque };
  const path = removeDots(mergePaths(escapedPath(base), escapedPath(child)));
  return { ...withPath(path), rawQuery, host: base.host, user: base.user };
}

function pathOf(escaped: string): Pick<GoUrl, "path" | "rawPath"> {
  if (escaped === "") return { path: "", rawPath: "" };
  const { path, rawPath } = parseUrl(escaped.startsWith("/") ? `//h${escaped}` : `//h/${escaped}`);
  return { path, rawPath };
}

function mergePaths(base: string, child: string): string {
  if (child === "") return base;
  return child.startsWith("/") ? child : base.slice(0, base.lastIndexOf("/") + 1) + child;
}

function removeDots(full: string): string {
  if (full === "") return "";
  const segments = full.split("/");
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
    if (kept.length === 0) kept.push("");
  }
  const last = segments.at(-1);
  if (last === "." || last === "..") kept.push("");
  const path = kept.join("/");
  return path.startsWith("/") ? path : `/${path}`;
}
