import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Measurement, Metric, Phase, WebProvider } from "./types.ts";

const DEFAULT_TIMEOUT_SECONDS = 10;

/**
 * One measurement by Argo's web provider. Whatever goes wrong is an Error, with one exception that Argo makes: a 2xx
 * answer that is not JSON is Successful, whatever it says. Redirects, which Argo follows, are an Error here.
 */
export async function measureWeb(metric: Metric, web: WebProvider): Promise<Measurement> {
  try {
    const { status, text } = await send(web, web.method ?? "GET");
    if (status < 200 || status >= 300) throw new Error(`received non 2xx response code: ${status}`);
    return judge(metric, web, text);
  } catch (error) {
    return { phase: "Error", message: error instanceof Error ? error.message : String(error) };
  }
}

function judge(metric: Metric, web: WebProvider, text: string): Measurement {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { phase: "Successful", value: text };
  }
  const result = follow(data, web.jsonPath ?? "{$}");
  return { phase: evaluate(result, metric), value: JSON.stringify(result) };
}

async function send(web: WebProvider, method: string): Promise<{ status: number; text: string }> {
  const { body, jsonBody } = web;
  if (body !== undefined && jsonBody !== undefined) throw new Error("use either Body or JSONBody");
  const content = jsonBody === undefined ? body : JSON.stringify(jsonBody);
  if (content !== undefined && method === "GET") throw new Error("a body can only be used with POST or PUT");
  const headers = new Map((web.headers ?? []).map(({ key, value }) => [key.toLowerCase(), value]));
  if (jsonBody !== undefined) headers.set("content-type", "application/json");
  if (content !== undefined) headers.set("content-length", String(Buffer.byteLength(content)));
  const signal = AbortSignal.timeout((web.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method, headers: Object.fromEntries(headers), signal, agent: false };
    request(web.url, options, resolve).on("error", reject).end(content);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

/** The JSON paths that the templates may use: `{$}` and `{$.a.b.c}`. A name that is not there is an error. */
function follow(data: unknown, path: string): unknown {
  const names = /^\{\$((?:\.\w+)*)\}$/.exec(path)?.[1];
  if (names === undefined) throw new Error(`the player does not know the path ${path}`);
  return names
    .split(".")
    .slice(1)
    .reduce<unknown>((value, name) => {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
        throw new Error(`${name} is not found`);
      }
      return (value as Record<string, unknown>)[name];
    }, data);
}

/** A measurement fails when the success condition is not true; with both conditions, neither is Inconclusive. */
function evaluate(result: unknown, { successCondition, failureCondition }: Metric): Phase {
  const succeeded = successCondition === undefined || holds(successCondition, result);
  const failed = failureCondition === undefined ? !succeeded : holds(failureCondition, result);
  if (failed) return "Failed";
  return succeeded ? "Successful" : "Inconclusive";
}

/** The conditions that the templates may use: `result == <literal>` and `!=`. Comparing two types is an error, but for nil. */
function holds(condition: string, result: unknown): boolean {
  const [, operator, literal] = /^result (==|!=) (true|false|\d+|"\w*")$/.exec(condition) ?? [];
  if (literal === undefined) throw new Error(`the player does not know the condition ${condition}`);
  const wanted: unknown = JSON.parse(literal);
  if (result !== null && typeof result !== typeof wanted) throw new Error(`mismatched types in ${condition}`);
  return (result === wanted) === (operator === "==");
}
