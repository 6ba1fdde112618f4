import type { FastifyBaseLogger } from "fastify";
import { createAuthenticator } from "../auth/bearer.ts";
import type { Authenticator } from "../auth/bearer.ts";
import type { PromotionConfig } from "../promotion-config.ts";
import { EvidenceStore } from "./evidence-store.ts";
import { createPuller } from "./prometheus.ts";
import type { Puller } from "./prometheus.ts";

/** What the routes that write, read and judge evidence share. */
export interface EvidenceServices {
  readonly config: PromotionConfig;
  readonly now: () => Date;
  readonly log: FastifyBaseLogger;
  readonly store: EvidenceStore;
  readonly authenticator: Authenticator;
  /** Undefined when no Prometheus is configured. */
  readonly puller: Puller | undefined;
  readonly close: () => void;
}

/** @throws TransportError STORE_FAILED */
export function openEvidence({ config, now, log }: Pick<EvidenceServices, "config" | "now" | "log">): EvidenceServices {
  const store = EvidenceStore.open(config.store, { environment: config.environment });
  const puller =
    config.prometheus === undefined ? undefined : createPuller({ config, prometheus: config.prometheus, store, now });
  return {
    config,
    now,
    log,
    store,
    authenticator: createAuthenticator(config.tokens, now),
    puller,
    close: () => {
      puller?.close();
      store.close();
    },
  };
}
