import { FormatError, isJsonObject, parseJson, PolicyPackError, TransportError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { EVIDENCE_LIMITS } from "./limits.ts";

export interface InstantQuery {
  /** PromQL that gives one number. */
  readonly query: string;
  /** The moment that it is evaluated for. */
  readonly at: Date;
  readonly signal: AbortSignal;
}

/** As Prometheus prints a number that is one; NaN and the infinities are none. */
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/i;
/** An answer about another moment came out of a cache. */
const MAX_DRIFT_MS = 1_000;

/**
 * Asks one instant query of Prometheus's HTTP API (`/api/v1/query`) and returns its one number. Redirects, answers over
 * 64 KiB, about another moment, with warnings (of partial data, say), and with none or several series are refused.
 * @throws TransportError METRICS_UNAVAILABLE
 */
export async function queryPrometheus(base: URL, { query, at, signal }: InstantQuery): Promise<number> {
  const url = new URL("api/v1/query", base.href.endsWith("/") ? base : `${base.href}/`);
  url.search = new URLSearchParams({ query, time: String(at.getTime() / 1_000) }).toString();
  return readValue(parseAnswer(await fetchAnswer(url, signal)), at);
}

/** Says nothing of addresses: the message may be told to whoever asked about a release. */
export function unavailable(reason: string, cause?: unknown): TransportError {
  const message = `Prometheus gave no evidence: ${reason}. Check the configured address and queries.`;
  return new TransportError("METRICS_UNAVAILABLE", message, { cause });
}

async function fetchAnswer(url: URL, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(url, { redirect: "manual", signal, headers: { accept: "application/json" } });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw unavailable(`it answered with status ${response.status}`);
    }
    return await collect(response.body ?? []);
  } catch (cause) {
    if (cause instanceof PolicyPackError) throw cause;
    throw unavailable(signal.aborted ? "it did not answer in time" : "it could not be reached", cause);
  }
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > EVIDENCE_LIMITS.maxMetricsBytes) {
      throw unavailable(`its answer is over ${EVIDENCE_LIMITS.maxMetricsBytes} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

function parseAnswer(bytes: Buffer): JsonValue {
  try {
    return parseJson(bytes, {
      maxBytes: EVIDENCE_LIMITS.maxMetricsBytes,
      maxDepth: EVIDENCE_LIMITS.maxDepth,
      code: "EVIDENCE_INVALID",
      what: "its answer",
    });
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw unavailable("its answer is not JSON", cause);
  }
}

/** Source: Prometheus's HTTP API, "Format overview" and "Instant queries". */
function readValue(answer: JsonValue, at: Date): number {
  if (!isJsonObject(answer) || answer["status"] !== "success" || !isJsonObject(answer["data"])) {
    throw unavailable("it could not evaluate a query");
  }
  const { warnings, data } = answer;
  if (Array.isArray(warnings) && warnings.length > 0) throw unavailable("it warns that its answer may not be whole");
  const { resultType, result } = data;
  if (resultType === "scalar") return readSample(result, at);
  if (resultType !== "vector" || !Array.isArray(result)) throw unavailable("a query gives no instant value");
  const [series, ...others] = result as readonly JsonValue[];
  if (series === undefined) throw unavailable("a query finds nothing about this release");
  if (others.length > 0) throw unavailable("a query gives several series where one is needed");
  return readSample(isJsonObject(series) ? series["value"] : undefined, at);
}

function readSample(sample: JsonValue | undefined, at: Date): number {
  const [time, text] = Array.isArray(sample) ? (sample as readonly JsonValue[]) : [];
  if (typeof time !== "number" || typeof text !== "string") throw unavailable("a query gives no number");
  if (Math.abs(time * 1_000 - at.getTime()) > MAX_DRIFT_MS) throw unavailable("its answer is about another moment");
  if (!NUMBER.test(text)) throw unavailable("a query gives no finite number");
  return Number(text);
}
