import { messageOf } from "@policy-pack/pack";
import type { FastifyInstance } from "fastify";
import { readInventory } from "./inventory.ts";
import { createProblem } from "./problem.ts";
import { addReadRoute } from "./read-route.ts";
import { sendProblem } from "./send.ts";

const NO_STORE = { "cache-control": "no-store" };

export interface HealthOptions {
  readonly root: string;
  /** Whether a pack that is not built yet will be built when asked for. */
  readonly buildsOnDemand: boolean;
}

/**
 * `/healthz`: the process answers. `/readyz`: there is a pack to serve (in development: one that can be built), so that
 * a rollout with an empty or unreadable folder stops before it takes traffic.
 */
export function addHealthRoutes(app: FastifyInstance, options: HealthOptions): void {
  addReadRoute(app, "/healthz", (_request, reply) => reply.headers(NO_STORE).send({ status: "ok" }));
  addReadRoute(app, "/readyz", async (_request, reply) => {
    const reason = await findObstacle(options);
    if (reason !== undefined) return sendProblem(reply, createProblem(503, "not ready", reason));
    return reply.headers(NO_STORE).send({ status: "ready" });
  });

  async function findObstacle({ root, buildsOnDemand }: HealthOptions): Promise<string | undefined> {
    try {
      const { known, served } = await readInventory(root);
      if ((buildsOnDemand ? known : served).length > 0) return undefined;
      return "No pack is built here; build one.";
    } catch (error) {
      app.log.error({ reason: messageOf(error) }, "root folder cannot be read");
      return "The folder of the packs cannot be read; the server's log says why.";
    }
  }
}
