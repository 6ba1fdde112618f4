import type { Digest, JsonObject } from "@policy-pack/pack";

/** What was measured of a release over a window; latencies in milliseconds, above 0. */
export interface Snapshot {
  readonly service: string;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly readP95Ms?: number;
  readonly writeP95Ms?: number;
  /** Failed requests as a share of all, from 0 to 1. */
  readonly errorRate: number;
  /** How long was measured, such as `30m` or `24h`. */
  readonly window: string;
}

export interface Cost {
  readonly graphqlPerMillionUsd: number;
  readonly ingestPerThousandUsd: number;
}

/** Where an attestation of the release is. A bundle is proven only when it is judged; a URL alone is only a claim. */
export interface EvidenceLink {
  /** An absolute URI, such as `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
  readonly url?: string;
  /** Of what the URL leads to. */
  readonly digest?: Digest;
  /** A Sigstore bundle that is well formed; nothing in it was verified. */
  readonly bundle?: JsonObject;
}

/** What a writer says of a release at one moment: checked for its form, and believed no further. */
export interface Evidence {
  readonly service: string;
  readonly releaseId: string;
  readonly environment: string;
  /** The artifact that the release runs: what bundles of the links are judged against. */
  readonly artifactDigest?: Digest;
  /** ISO 8601 in UTC with milliseconds. */
  readonly measuredAt: string;
  readonly snapshot?: Snapshot;
  readonly cost?: Cost;
  /** How long the release has been running. */
  readonly soakSeconds?: number;
  readonly links: readonly EvidenceLink[];
}

export type EvidenceSource = "api" | "prometheus";

/** Evidence as it is kept. */
export interface EvidenceRecord extends Evidence {
  /** The digest of source and content: the same evidence always has the same id. */
  readonly id: Digest;
  readonly source: EvidenceSource;
  /** ISO 8601 in UTC with milliseconds, by the server's clock. */
  readonly receivedAt: string;
  /** Who wrote it: issuer and subject of the token, or the address of Prometheus. */
  readonly writer: string;
}
