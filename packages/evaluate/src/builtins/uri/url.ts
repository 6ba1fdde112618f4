import { BuiltinError } from "../builtin.ts";
import { parseAddress } from "../net/address.ts";
import { decodeGoText, escapeBytes, unescapeBytes, unescapeText } from "./escape.ts";

/** A URL as Go takes it apart; what is absent is "". */
export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: readonly [name: string, password: string] | undefined;
  /** With its port, and the brackets of IPv6. */
  readonly host: string;
  readonly path: string;
  /** Only when it is not the usual escaping of the path. */
  readonly rawPath: string;
  /** As a request line has it. */
  readonly escapedPath: string;
  readonly rawQuery: string;
  readonly hasEmptyQuery: boolean;
  readonly fragment: string;
}

type Authority = Pick<GoUrl, "user" | "host">;

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/;
/** Those of ASCII; Go lets the later ones pass. */
const CONTROL = /[^\P{Cc}\u0080-\u009f]/u;
const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
/** What Go sends as it was written; it escapes any other path anew. */
const ESCAPED_PATH = /^[A-Za-z0-9\-_.~!$&'()*+,/;=:@[\]%]*$/;
const PORT = /^(?::[0-9]*)?$/;
const NO_AUTHORITY: Authority = { user: undefined, host: "" };

/**
 * Go's url.Parse, of the Go that OPA's release is built with (1.26: one colon in the host of http and https).
 *
 * @throws BuiltinError
 * @see https://pkg.go.dev/net/url#Parse
 */
export function parseUrl(text: string): GoUrl {
  const [reference, fragment] = cut(text, "#");
  return { ...parseReference(reference), fragment: unescapeText(fragment, "fragment") };
}

function parseReference(text: string): Omit<GoUrl, "fragment"> {
  if (CONTROL.test(text)) throw new BuiltinError("invalid control character in URL");
  const empty = {
    scheme: "",
    opaque: "",
    path: "",
    rawPath: "",
    escapedPath: "",
    rawQuery: "",
    hasEmptyQuery: false,
    ...NO_AUTHORITY,
  };
  if (text === "*") return { ...empty, path: "*", escapedPath: "*" };
  if (text.startsWith(":")) throw new BuiltinError("missing protocol scheme");
  const prefix = SCHEME.exec(text);
  const scheme = (prefix?.[1] ?? "").toLowerCase();
  const [rest, rawQuery] = cut(text.slice(prefix?.[0].length ?? 0), "?");
  const base = { ...empty, scheme, rawQuery, hasEmptyQuery: rawQuery === "" && text.endsWith("?") };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...base, opaque: rest };
    if (cut(rest, "/")[0].includes(":")) throw new BuiltinError("first path segment in URL cannot contain colon");
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
  if (!hasAuthority) return { ...base, ...pathOf(rest) };
  const slash = rest.indexOf("/", 2);
  const [authority, path] = slash === -1 ? [rest.slice(2), ""] : [rest.slice(2, slash), rest.slice(slash)];
  return { ...base, ...parseAuthority(scheme, authority), ...pathOf(path) };
}

function pathOf(escaped: string): Pick<GoUrl, "path" | "rawPath" | "escapedPath"> {
  const bytes = unescapeBytes(escaped, "path");
  const usual = escapeBytes(bytes, "path");
  return {
    path: decodeGoText(bytes),
    rawPath: usual === escaped ? "" : escaped,
    escapedPath: ESCAPED_PATH.test(escaped) ? escaped : usual,
  };
}

function parseAuthority(scheme: string, authority: string): Authority {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at === -1) return { user: undefined, host };
  const info = authority.slice(0, at);
  if (!USER_INFO.test(info)) throw new BuiltinError("invalid userinfo");
  const [name, password] = cut(info, ":");
  return { user: [unescapeText(name, "user"), unescapeText(password, "user")], host };
}

function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) throw new BuiltinError("invalid IP-literal");
  if (bracket === 0) return parseLiteral(host);
  const isWeb = scheme === "http" || scheme === "https";
  const colon = isWeb ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon !== -1) checkPort(host.slice(colon));
  return unescapeText(host, "host");
}

/** `[fe80::1%25en0]:80`: RFC 3986, 3.2.2 and RFC 6874. */
function parseLiteral(host: string): string {
  const end = host.lastIndexOf("]");
  if (end === -1) throw new BuiltinError("missing ']' in host");
  const port = host.slice(end + 1);
  checkPort(port);
  const name = host.slice(1, end);
  const zone = name.indexOf("%25");
  const address =
    zone === -1
      ? unescapeText(name, "host")
      : unescapeText(name.slice(0, zone), "host") + unescapeText(name.slice(zone), "zone");
  if (parseAddress(address)?.bits !== 128) throw new BuiltinError("invalid IP-literal");
  return `[${address}]${port}`;
}

function checkPort(port: string): void {
  if (!PORT.test(port)) throw new BuiltinError(`invalid port ${JSON.stringify(port.slice(0, 100))} after host`);
}

/** The host without port and brackets, and the port without its colon. */
export function splitHost(host: string): readonly [hostname: string, port: string] {
  const colon = host.lastIndexOf(":");
  const hasPort = colon !== -1 && PORT.test(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  const hostname = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  return [hostname, hasPort ? host.slice(colon + 1) : ""];
}

/** What stands before the first separator, and what stands behind it. */
export function cut(text: string, separator: string): [before: string, after: string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
