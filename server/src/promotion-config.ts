import type { TrustedRoot, VerificationPolicy } from "@policy-pack/verify";
import type { TokenConfig } from "./auth/token-config.ts";

export { readPromotion, readPromotionConfig } from "./promotion-config-file.ts";
export type { PromotionSource } from "./promotion-config-file.ts";

/** PromQL by measure; `"{{releaseId}}"`, and `"{{service}}"` where it stands, is the whole value of an equality matcher. */
export interface PrometheusQueries {
  readonly p95Ms: string;
  readonly p99Ms: string;
  readonly readP95Ms?: string;
  readonly writeP95Ms?: string;
  readonly errorRate: string;
  readonly graphqlPerMillionUsd?: string;
  readonly ingestPerThousandUsd?: string;
}

export interface PrometheusConfig {
  /** Its base address; `/api/v1/query` is added. */
  readonly url: URL;
  /** One release is asked for at most this often. */
  readonly minIntervalSeconds: number;
  /** What the snapshots say of the window that the queries look at, such as `30m`. */
  readonly window: string;
  readonly queries: PrometheusQueries;
}

/** What a server needs for judging promotions; every file that it names was read. */
export interface PromotionConfig {
  /** Evidence of another environment is kept and counts nothing here. */
  readonly environment: string;
  /** The pack below the root whose `cos/promotion` decides. */
  readonly packId: string;
  /** Absent exactly when the verification policy holds trusted roots of its own. */
  readonly trustedRoot?: TrustedRoot;
  readonly verificationPolicy: VerificationPolicy;
  readonly minimumRevision?: number;
  /** Absolute paths of bundles, to be read whenever the pack is verified; the policy says who signs them. */
  readonly denylist: readonly string[];
  readonly pause: readonly string[];
  /** Its attestation rules are what a release must bring. */
  readonly readinessPolicy?: VerificationPolicy;
  readonly services: readonly string[];
  /** Absolute path of the evidence store. */
  readonly store: string;
  readonly tokens: TokenConfig;
  /** Whether `/graphql` describes its schema; never when NODE_ENV is production. */
  readonly introspection: boolean;
  readonly prometheus?: PrometheusConfig;
}
