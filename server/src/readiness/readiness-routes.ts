import { FormatError, isDigest } from "@policy-pack/pack";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticator } from "../auth/bearer.ts";
import { addReadRoute } from "../read-route.ts";
import type { Expectation, Readiness } from "./readiness.ts";

export interface ReadinessServices {
  readonly authenticator: Authenticator;
  readonly readiness: Readiness;
}

const ENVIRONMENT = /^[a-z0-9][a-z0-9-]{0,62}$/;
const PARAMETERS = ["target", "environment"];

/** `GET /v1/readiness/{service}/{releaseId}`: 200 with the verdict, whatever it is; never stored by caches. */
export function addReadinessRoutes(app: FastifyInstance, { authenticator, readiness }: ReadinessServices): void {
  addReadRoute(app, "/v1/readiness/:service/:releaseId", async (request, reply): Promise<FastifyReply> => {
    const { service, releaseId } = request.params as { readonly service: string; readonly releaseId: string };
    await authenticator.authenticate(request.raw, { scope: "evidence:read", service });
    const report = await readiness.assess(service, releaseId, readExpectation(request));
    return reply.header("cache-control", "no-store").send(report);
  });
}

/**
 * What the verdict should be about. A misspelt parameter would make a demand that nobody checks, so it is refused.
 * @throws FormatError QUERY_REFUSED
 */
function readExpectation({ query }: FastifyRequest): Expectation {
  const given = Object.entries(query as Readonly<Record<string, unknown>>);
  const unknown = given.find(([name]) => !PARAMETERS.includes(name));
  if (unknown !== undefined)
    throw refused(`The parameter ${quote(unknown[0])} is unknown; use ${PARAMETERS.join(", ")}.`);
  const { target, environment } = Object.fromEntries(given);
  if (target !== undefined && (typeof target !== "string" || !isDigest(target))) {
    throw refused("The parameter target must be sha256:<64 lower-case hex>, once.");
  }
  if (environment !== undefined && (typeof environment !== "string" || !ENVIRONMENT.test(environment))) {
    throw refused("The parameter environment must be 1 to 63 of a-z 0-9 -, once.");
  }
  return { target, environment };
}

function refused(message: string): FormatError {
  return new FormatError("QUERY_REFUSED", message);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
