const KIB = 1024;
const MIB = 1024 * KIB;
const DAY_SECONDS = 86_400;

/** Every cap of evidence, each with its reason. */
export const EVIDENCE_LIMITS = Object.freeze({
  /** A request's body: some attestations of 20 KiB each, or one of the largest that are read. */
  maxBodyBytes: 2 * MIB,
  /** Bodies that one caller may be sending at once, and histories that one may be fetching: 64 MiB of each. */
  maxWrites: 32,
  maxReads: 8,
  /** Bundles are nested 8 deep. */
  maxDepth: 32,
  /** What one message brings; further links come with the next. */
  maxLinks: 32,
  maxUrlLength: 2_000,
  maxEnvironmentLength: 63,
  /** An hour: what takes longer is an outage and no latency. */
  maxLatencyMs: 3_600_000,
  maxUsd: 1_000_000,
  maxSoakSeconds: 366 * DAY_SECONDS,
  /** Clocks that are kept by NTP differ by less. */
  maxSkewMs: 60_000,
  /** Links that are judged for one release, the newest first. */
  maxJudgedLinks: 200,
  /** Of the documents that bring them: reading more would hold up every other answer for a second. */
  maxJudgedBytes: 8 * MIB,
  /** A release has a handful; what a writer makes up fills no answer. */
  maxEnvironments: 20,
  /** Documents of up to 2 MiB that are kept as they were read last. */
  maxRecentRecords: 8,
  /** What one answer tells of the history; whichever is reached first. */
  maxHistoryRecords: 100,
  maxHistoryBytes: 4 * MIB,
  /** Hundreds of thousands of records; beyond it nothing is taken, rather than filling the disk. */
  maxStoreBytes: 1_024 * MIB,
  /** Another process writes for milliseconds; the wait holds up this one's other answers. */
  busyTimeoutMs: 2_000,
  /** Releases that Prometheus is asked about at once. */
  maxPulls: 8,
  /** Releases of which it is remembered when they were asked for; each is looked at when another is asked for. */
  maxKnownPulls: 1_000,
  /** All queries of one release together; whoever asked waits for them. */
  pullTimeoutMs: 5_000,
  /** One number and what surrounds it. */
  maxMetricsBytes: 64 * KIB,
} as const);
