import type { FastifyInstance } from "fastify";
import type { EvidenceServices } from "../evidence/evidence-services.ts";
import { addGraphqlRoutes } from "../graphql/graphql-routes.ts";
import { addReadinessRoutes } from "../readiness/readiness-routes.ts";
import { Readiness } from "../readiness/readiness.ts";
import { Judge } from "./judge.ts";
import { RunningPack } from "./running-pack.ts";

/**
 * What judges releases by the evidence: `/graphql` for gates, `/v1/readiness` for people and pipelines.
 * @throws ConfigError CONFIG_INVALID when the policies of the configuration do not fit it
 */
export function addPromotionRoutes(app: FastifyInstance, root: string, services: EvidenceServices): void {
  const { config, now, log, store, authenticator, puller } = services;
  const { environment, packId, trustedRoot, readinessPolicy } = config;
  const pack = new RunningPack({ root, trust: config, now });
  const judge = new Judge({
    environment,
    services: config.services,
    pack,
    evidence: store,
    pull: puller?.pullEvidence,
    now,
    log,
  });
  const readiness = new Readiness({
    environment,
    packId,
    judge,
    evidence: store,
    policy: readinessPolicy,
    trustedRoot: readinessPolicy?.trustedRoots === undefined ? trustedRoot : undefined,
    now,
    log,
  });
  addGraphqlRoutes(app, { authenticator, judge, introspection: config.introspection });
  addReadinessRoutes(app, { authenticator, readiness });
}
