import type { Sample } from "./load.ts";

/** A snapshot as `POST /v1/evidence` takes it. */
export interface MeasuredSnapshot {
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly readP95Ms: number;
  readonly writeP95Ms: number;
  readonly errorRate: number;
  readonly window: string;
}

export interface MeasuredCost {
  readonly graphqlPerMillionUsd: number;
  readonly ingestPerThousandUsd: number;
}

/** What an hour of one virtual CPU costs here; a price like any, and stated with the result. */
export const USD_PER_CPU_HOUR = 0.05;

const MS_PER_HOUR = 3_600_000;
const MILLION = 1_000_000;
const THOUSAND = 1000;

export function toSnapshot(samples: readonly Sample[], seconds: number): MeasuredSnapshot {
  const of = (kind: Sample["kind"]): readonly Sample[] => samples.filter((sample) => sample.kind === kind);
  return {
    p95Ms: percentile(samples, 95),
    p99Ms: percentile(samples, 99),
    readP95Ms: percentile(of("read"), 95),
    writeP95Ms: percentile(of("write"), 95),
    errorRate: samples.filter(({ failed }) => failed).length / samples.length,
    window: `${seconds}s`,
  };
}

/** By the CPU time that the requests took of the service's process. */
export function toCost(cpuMs: number, requests: number): MeasuredCost {
  const usdPerRequest = (cpuMs / requests / MS_PER_HOUR) * USD_PER_CPU_HOUR;
  return { graphqlPerMillionUsd: usdPerRequest * MILLION, ingestPerThousandUsd: usdPerRequest * THOUSAND };
}

/** The nearest rank: the smallest sample that at least so many per cent of them do not exceed. */
function percentile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((sorted.length * share) / 100) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return Math.round(value * 10) / 10;
}
