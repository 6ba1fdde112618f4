import { setTimeout as wait } from "node:timers/promises";

import { parseUrl, splitHost } from "../builtins/uri/url.ts";
import type { GoUrl } from "../builtins/uri/url.ts";
import { exchange } from "./http-exchange.ts";
import type { Exchange } from "./http-exchange.ts";
import type { HttpAnswer, HttpTask } from "./io-messages.ts";

const FIRST_DELAY_MS = 100;
const DELAY_FACTOR = 1.6;
/** Go's client stops there too where nothing else is asked of it. */
const MAX_REDIRECTS = 10;
const BODY_HEADERS = ["content-encoding", "content-language", "content-location", "content-type"];
const SECRET_HEADERS = [
  ...["authorization", "www-authenticate", "cookie", "cookie2"],
  ...["proxy-authorization", "proxy-authenticate"],
];

/** Sends, and sends again after a network error, as often as the task says and until the deadline. */
export async function sendWithRetries(task: HttpTask, deadline: AbortSignal): Promise<HttpAnswer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendOnce(task, deadline);
    } catch (thrown) {
      if (attempt >= task.retries || deadline.aborted) throw thrown;
      await wait(FIRST_DELAY_MS * DELAY_FACTOR ** attempt, undefined, { signal: deadline });
    }
  }
}

async function sendOnce(task: HttpTask, deadline: AbortSignal): Promise<HttpAnswer> {
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort();
  }, task.attemptMs);
  try {
    return await sendAlong(task, AbortSignal.any([deadline, ending.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function sendAlong(task: HttpTask, signal: AbortSignal): Promise<HttpAnswer> {
  let hop: Exchange = {
    url: parseUrl(task.url),
    method: task.method === "" ? "GET" : task.method,
    headers: task.headers,
    body: task.body,
    tls: task.tls,
    maxResponseBytes: task.maxResponseBytes,
  };
  const first = hop.url;
  for (let redirects = 0; ; redirects++) {
    const answer = await exchange(hop, signal);
    const next = task.followsRedirects ? redirectOf(hop, answer, first) : undefined;
    if (next === undefined) return answer;
    checkHost(next.url, task.hosts);
    if (redirects >= MAX_REDIRECTS) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
    hop = next;
  }
}

/** RFC 9110, 15.4, as Go's client follows it: after 301, 302 and 303 there is no body any more. */
function redirectOf(hop: Exchange, answer: HttpAnswer, first: GoUrl): Exchange | undefined {
  const location = answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "";
  if (![301, 302, 303, 307, 308].includes(answer.statusCode) || location === "") return undefined;
  const isRelative = parseUrl(location).scheme === "";
  const url = parseUrl(new URL(location, textOf(hop.url)).href);
  const dropsBody = answer.statusCode <= 303;
  const isElsewhere = !isSameOrSubdomain(splitHost(url.host)[0], splitHost(first.host)[0]);
  const dropped = [
    ...(isRelative ? [] : ["host"]),
    ...(dropsBody ? BODY_HEADERS : []),
    ...(isElsewhere ? SECRET_HEADERS : []),
  ];
  return {
    ...hop,
    url,
    method: dropsBody && hop.method !== "HEAD" ? "GET" : hop.method,
    body: dropsBody ? new Uint8Array() : hop.body,
    headers: withReferer(
      hop.headers.filter(([name]) => !dropped.includes(name.toLowerCase())),
      hop.url,
      url,
    ),
  };
}

/** Never from https to http, and without the user and the fragment. */
function withReferer(headers: Exchange["headers"], from: GoUrl, to: GoUrl): Exchange["headers"] {
  if (from.scheme === "https" && to.scheme === "http") return headers;
  return [...headers.filter(([name]) => name.toLowerCase() !== "referer"), ["Referer", textOf(from)]];
}

function textOf({ scheme, host, escapedPath, rawQuery }: GoUrl): string {
  return `${scheme}://${host}${escapedPath}${rawQuery === "" ? "" : `?${rawQuery}`}`;
}

function isSameOrSubdomain(host: string, parent: string): boolean {
  return host === parent || (!/[:%]/.test(host) && host.endsWith(`.${parent}`));
}

/** OPA asks its allow_net again of every redirect; the request itself was checked before it came here. */
function checkHost(url: GoUrl, hosts: readonly string[]): void {
  const [hostname] = splitHost(url.host);
  if (!hosts.includes(hostname.toLowerCase())) throw new Error(`disallowed host: ${hostname}`);
}
