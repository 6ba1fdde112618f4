import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { ConfigError, messageOf } from "@policy-pack/pack";

import { SYSTEM_CLOCK } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { LOG_DEFAULTS } from "../limits.ts";
import { BufferedSink } from "./buffered-sink.ts";
import type { BufferedOptions, Carrier, Delivery } from "./buffered-sink.ts";
import { resolveNumbers } from "./numbers.ts";
import type { LogSink } from "./sink.ts";
import { upload } from "./upload.ts";

export interface HttpSinkOptions {
  /** The service's base address: records go to `<url>/logs`, as OPA sends them. */
  readonly url: string | URL;
  /** The whole path instead of `logs`, below the base address. */
  readonly resource?: string | undefined;
  /** A bearer token, or how to get the one that is valid now. Over plain HTTP only to this machine. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  readonly maxBufferRecords?: number | undefined;
  readonly maxBufferBytes?: number | undefined;
  readonly maxBatchRecords?: number | undefined;
  /** Of one upload before it is packed. */
  readonly maxBatchBytes?: number | undefined;
  readonly maxDelayMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly minRetryMs?: number | undefined;
  readonly maxRetryMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 up to 1, for the random share of waiting. */
  readonly random?: (() => number) | undefined;
}

/**
 * Sends records to a service that takes OPA's decision logs: `POST <url>/logs`, a JSON array packed with gzip. What the
 * service does not take is kept, within the caps, and sent again; redirects are not followed.
 *
 * @throws ConfigError CONFIG_INVALID
 * @see https://www.openpolicyagent.org/docs/management-decision-logs#decision-log-service-api
 */
export function httpSink(options: HttpSinkOptions): LogSink {
  const numbers = resolveNumbers(options, "the decision log's service");
  const url = resolveUrl(options);
  const clock = options.clock ?? SYSTEM_CLOCK;
  const buffered: BufferedOptions = { ...numbers, clock, random: options.random ?? Math.random };
  return new BufferedSink(new HttpCarrier(url, options.token, numbers.timeoutMs, clock), buffered);
}

const LOOPBACK = /^(localhost|127(\.[0-9]+){3}|\[::1\])$/;

function resolveUrl({ url, resource = "logs", token }: HttpSinkOptions): URL {
  const text = String(url);
  if (!URL.canParse(text)) throw invalid("url is no address; give the service's base address.");
  const base = new URL(text);
  if (base.protocol !== "https:" && base.protocol !== "http:") throw invalid("url is neither http nor https.");
  if (base.username !== "" || base.password !== "") throw invalid("url holds credentials; give them as token.");
  if (base.protocol === "http:" && token !== undefined && !LOOPBACK.test(base.hostname)) {
    throw invalid("a token would go over plain HTTP; give an https address.");
  }
  base.pathname = `${base.pathname.replace(/\/+$/, "")}/${resource.replace(/^\/+/, "")}`;
  base.hash = "";
  return base;
}

function invalid(message: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", `The decision log's service: ${message}`);
}

const pack = promisify(gzip);
/** What a header may carry of a token. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
/** They say that one of the records is bad, or that there are too many. */
const SPLITTING: readonly number[] = [400, 413, 415, 422];
/** A service that names a longer time has it counted as this. */
const MAX_RETRY_AFTER_MS = 15 * 60 * 1000;

class HttpCarrier implements Carrier {
  readonly name: string;
  readonly #url: URL;
  readonly #token: HttpSinkOptions["token"];
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  constructor(url: URL, token: HttpSinkOptions["token"], timeoutMs: number, clock: Clock) {
    this.name = `service ${url.origin}${url.pathname}`;
    this.#url = url;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  open(): Promise<object> {
    return Promise.resolve({});
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async deliver(lines: readonly Buffer[], signal: AbortSignal): Promise<Delivery> {
    try {
      const body = await pack(Buffer.from(`[${lines.join(",")}]`));
      const timeoutMs = this.#timeoutMs;
      const { maxAnswerBytes } = LOG_DEFAULTS;
      const headers = await this.#headers();
      const { status, retryAfter } = await upload({ url: this.#url, headers, body, timeoutMs, maxAnswerBytes, signal });
      return this.#judge(status, retryAfter);
    } catch (thrown) {
      return { kind: "retry", error: messageOf(thrown) };
    }
  }

  async #headers(): Promise<Record<string, string>> {
    const headers = {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "user-agent": "policy-pack-decision-log",
    };
    if (this.#token === undefined) return headers;
    const token = typeof this.#token === "string" ? this.#token : await this.#token();
    if (!TOKEN.test(token)) throw new TypeError("the token is not one that a header can carry");
    return { ...headers, authorization: `Bearer ${token}` };
  }

  #judge(status: number, retryAfter: string | undefined): Delivery {
    if (status >= 200 && status < 300) return { kind: "done" };
    const error = `the service answered ${status}`;
    if (SPLITTING.includes(status)) return { kind: "split", error };
    return { kind: "retry", error, afterMs: toMilliseconds(retryAfter, this.#clock.now()) };
  }
}

/** RFC 9110, 10.2.3: seconds, or a date. */
export function toMilliseconds(retryAfter: string | undefined, nowMs: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^[0-9]{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}
