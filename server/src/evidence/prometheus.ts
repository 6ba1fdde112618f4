import { FormatError } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import type { PrometheusConfig, PromotionConfig } from "../promotion-config.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import { EVIDENCE_LIMITS } from "./limits.ts";
import { isReleaseId, parseEvidence } from "./parse-evidence.ts";
import { queryPrometheus, unavailable } from "./prometheus-query.ts";
import type { Evidence, EvidenceRecord } from "./record.ts";

export interface Puller {
  /**
   * Asks Prometheus and keeps the answer as evidence of this moment; undefined when the release was asked for less than
   * the configured interval ago. Whoever asks meanwhile shares the same answer, or the same failure.
   * @throws TransportError METRICS_UNAVAILABLE; STORE_FAILED
   */
  readonly pullEvidence: (service: string, releaseId: string) => Promise<EvidenceRecord | undefined>;
  /** Breaks off what is being asked. */
  readonly close: () => void;
}

export interface PullerOptions {
  readonly config: PromotionConfig;
  readonly prometheus: PrometheusConfig;
  readonly store: EvidenceStore;
  readonly now: () => Date;
  readonly timeoutMs?: number;
  readonly maxKnown?: number;
}

interface Pull {
  readonly startedAt: number;
  readonly answer: Promise<EvidenceRecord>;
  isDone: boolean;
  hasFailed: boolean;
}

/** Pulls on reading: nothing is asked of Prometheus that nobody wants to know. */
export function createPuller(options: PullerOptions): Puller {
  const { config, prometheus, store, now, maxKnown = EVIDENCE_LIMITS.maxKnownPulls } = options;
  const pulls = new Map<string, Pull>();
  const stop = new AbortController();

  async function pullEvidence(service: string, releaseId: string): Promise<EvidenceRecord | undefined> {
    if (!config.services.includes(service) || !isReleaseId(releaseId)) {
      throw unavailable("it is no release of a service here");
    }
    const key = `${service} ${releaseId}`;
    const intervalMs = prometheus.minIntervalSeconds * 1_000;
    const at = now();
    const known = pulls.get(key);
    if (known?.isDone === false) return known.answer;
    if (known !== undefined && at.getTime() - known.startedAt < intervalMs) {
      return known.hasFailed ? known.answer : undefined;
    }
    pulls.delete(key);
    forgetOld(pulls, at.getTime() - intervalMs, maxKnown);
    if (Array.from(pulls.values()).filter(({ isDone }) => !isDone).length >= EVIDENCE_LIMITS.maxPulls) {
      throw unavailable("too many releases are asked for at once");
    }
    const pull: Pull = {
      startedAt: at.getTime(),
      answer: pullOnce(service, releaseId, at),
      isDone: false,
      hasFailed: false,
    };
    pulls.set(key, pull);
    pull.answer.then(
      () => {
        pull.isDone = true;
      },
      () => {
        pull.isDone = true;
        pull.hasFailed = true;
      },
    );
    return pull.answer;
  }

  async function pullOnce(service: string, releaseId: string, at: Date): Promise<EvidenceRecord> {
    const evidence = await measure({ service, releaseId, at, ...options, signal: stop.signal });
    return store.write(evidence, { source: "prometheus", writer: prometheus.url.href, receivedAt: now() }).record;
  }

  return {
    pullEvidence,
    close: () => {
      stop.abort();
    },
  };
}

/**
 * What is older than the interval says nothing any more. Whoever may ask for releases can make up names of them, so that
 * beyond so many the oldest are forgotten early: they are then asked for again.
 */
function forgetOld(pulls: Map<string, Pull>, before: number, maxKnown: number): void {
  for (const [key, { startedAt, isDone }] of pulls) {
    if (isDone && (startedAt <= before || pulls.size >= maxKnown)) pulls.delete(key);
  }
}

interface Measuring extends PullerOptions {
  readonly service: string;
  readonly releaseId: string;
  readonly at: Date;
  readonly signal: AbortSignal;
}

/** All measures or none; what is asked still is broken off at the first that fails. */
async function measure(measuring: Measuring): Promise<Evidence> {
  const { config, prometheus, service, releaseId, at, timeoutMs = EVIDENCE_LIMITS.pullTimeoutMs } = measuring;
  const failed = new AbortController();
  const signal = AbortSignal.any([measuring.signal, failed.signal, AbortSignal.timeout(timeoutMs)]);
  const ask = async ([name, template]: readonly [string, string]): Promise<readonly [string, number]> => {
    const query = fillIn(template, { service, releaseId });
    return [name, await queryPrometheus(prometheus.url, { query, at, signal })];
  };
  try {
    const values = new Map(await Promise.all((Object.entries(prometheus.queries) as [string, string][]).map(ask)));
    const body = {
      service,
      releaseId,
      environment: config.environment,
      measuredAt: at.toISOString(),
      ...toParts(values, prometheus.window),
    };
    return parseEvidence(body, { services: config.services, now: at });
  } catch (cause) {
    failed.abort();
    if (cause instanceof FormatError) throw unavailable("a query gives what cannot be such a measure", cause);
    throw cause;
  }
}

const COST: readonly string[] = ["graphqlPerMillionUsd", "ingestPerThousandUsd"];

function toParts(values: ReadonlyMap<string, number>, window: string): JsonObject {
  const pick = (isCost: boolean): Record<string, number> =>
    Object.fromEntries(Array.from(values).filter(([name]) => COST.includes(name) === isCost));
  const cost = pick(true);
  return { snapshot: { ...pick(false), window }, ...(Object.keys(cost).length > 0 ? { cost } : {}) };
}

/** The configuration allows placeholders only as whole values of matchers in double quotes; escaped all the same. */
function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(service|releaseId)\}\}/g, (_whole, name: string) => escapeLabel(values[name] ?? ""));
}

/** As a string of PromQL in double quotes, which has Go's escapes. */
export function escapeLabel(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
