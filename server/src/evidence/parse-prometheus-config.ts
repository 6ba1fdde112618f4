import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { optionalField } from "../fields.ts";
import type { FieldReader } from "../fields.ts";
import type { PrometheusConfig, PrometheusQueries } from "../promotion-config.ts";
import { isWindow } from "./parse-evidence.ts";

const MAX_QUERY = 4_000;
const DEFAULT_INTERVAL_SECONDS = 30;
const MAX_INTERVAL_SECONDS = 3_600;
const REQUIRED = ["p95Ms", "p99Ms", "errorRate"];
const COST = ["graphqlPerMillionUsd", "ingestPerThousandUsd"];
const OPTIONAL = ["readP95Ms", "writeP95Ms", ...COST];
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** Reads `prometheus` of the configuration. @throws what the reader makes */
export function parsePrometheusConfig(value: JsonValue | undefined, read: FieldReader): PrometheusConfig {
  const keys = { required: ["url", "window", "queries"], optional: ["minIntervalSeconds"] };
  const fields = read.object(value, keys, "prometheus");
  const range = { min: 1, max: MAX_INTERVAL_SECONDS, isWhole: true };
  const interval = optionalField(fields, "minIntervalSeconds", (seconds) =>
    read.number(seconds, range, "prometheus.minIntervalSeconds"),
  );
  const { window } = fields;
  if (typeof window !== "string" || !isWindow(window))
    throw read.problem("prometheus.window", "a duration such as 30m");
  return {
    url: readAddress(fields["url"], read),
    minIntervalSeconds: interval ?? DEFAULT_INTERVAL_SECONDS,
    window,
    queries: readQueries(fields["queries"], read),
  };
}

function readAddress(value: JsonValue | undefined, read: FieldReader): URL {
  const url = read.url(value, MAX_QUERY, "prometheus.url");
  if (url.search !== "" || url.hash !== "") throw read.problem("prometheus.url", "a URL without a query or fragment");
  return url;
}

function readQueries(value: JsonValue | undefined, read: FieldReader): PrometheusQueries {
  const at = "prometheus.queries";
  const fields: JsonObject = read.object(value, { required: REQUIRED, optional: OPTIONAL }, at);
  if (COST.filter((name) => Object.hasOwn(fields, name)).length === 1) {
    throw read.problem(at, `with both of ${COST.join(" and ")}, or with neither`);
  }
  const query = (name: string): string => readQuery(fields[name], `${at}.${name}`, read);
  const given = OPTIONAL.filter((name) => Object.hasOwn(fields, name));
  const optional: Readonly<Record<string, string>> = Object.fromEntries(given.map((name) => [name, query(name)]));
  return { ...optional, p95Ms: query("p95Ms"), p99Ms: query("p99Ms"), errorRate: query("errorRate") };
}

/**
 * A query that asks about one release: inside a pattern a release named `1.0` would match others, and outside of quotes
 * its name would be read as PromQL.
 */
function readQuery(value: JsonValue | undefined, at: string, read: FieldReader): string {
  const query = read.text(value, MAX_QUERY, at);
  const names = Array.from(query.matchAll(PLACEHOLDER), ([, name]) => name);
  const unknown = names.find((name) => name !== "service" && name !== "releaseId");
  if (unknown !== undefined) throw read.problem(at, "without any placeholder but {{service}} and {{releaseId}}");
  if (!names.includes("releaseId")) throw read.problem(at, "about one release: it needs {{releaseId}}");
  const placed = query.match(/(?<![~!])=\s*"\{\{(?:service|releaseId)\}\}"/g) ?? [];
  if (placed.length !== names.length) throw read.problem(at, 'with placeholders only as label="{{releaseId}}"');
  return query;
}
