import { TransportError } from "@policy-pack/pack";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DevBuilder } from "./dev-build.ts";
import type { PackStore } from "./pack-store.ts";
import { addReadRoute } from "./read-route.ts";
import { sendBytes, sendPack } from "./send.ts";
import type { Snapshot } from "./snapshot.ts";

export interface PackServices {
  readonly store: PackStore;
  /** Undefined in production: a request then never builds anything. */
  readonly builder: DevBuilder | undefined;
}

/** `GET` and `HEAD` of a pack and of its attestation. */
export function addPackRoutes(app: FastifyInstance, services: PackServices): void {
  const { store } = services;
  addReadRoute(app, "/v1/policy/packs/:packId", (request, reply) => {
    const packId = packIdOf(request);
    const ready = store.current(packId, false);
    if (ready === undefined) return findPack(packId, services).then((pack) => sendFound(request, reply, pack));
    // Not a promise: most answers end within this call.
    sendPack(request, reply, ready);
    return undefined;
  });
  addReadRoute(app, "/v1/policy/packs/:packId/attestation", async (request, reply) => {
    const { headers, bytes } = await findAttestation(packIdOf(request), services);
    sendBytes(request, reply, headers, bytes);
    return reply;
  });
}

/** What stands in the path, not checked yet. */
function packIdOf(request: FastifyRequest): string {
  return (request.params as { readonly packId: string }).packId;
}

function sendFound(request: FastifyRequest, reply: FastifyReply, pack: Snapshot): FastifyReply {
  sendPack(request, reply, pack);
  return reply;
}

/** @throws TransportError PACK_NOT_FOUND, PACK_NOT_BUILT */
async function findPack(packId: string, { store, builder }: PackServices): Promise<Snapshot> {
  checkKnown(packId, store);
  let pack = await store.load(packId);
  if (pack === undefined && builder !== undefined) {
    await builder.build(packId);
    pack = await store.load(packId);
    if (pack !== undefined && pack.headers.attestation === undefined) {
      await builder.sign(packId);
      pack = await store.load(packId);
    }
  }
  if (pack !== undefined) return pack;
  throw new TransportError("PACK_NOT_BUILT", `${packId} is known here but not built; build it, then try again.`);
}

/** @throws TransportError PACK_NOT_FOUND, ATTESTATION_UNAVAILABLE */
async function findAttestation(
  packId: string,
  services: PackServices,
): Promise<{ readonly headers: string[]; readonly bytes: Buffer }> {
  const { store, builder } = services;
  checkKnown(packId, store);
  let pack = store.current(packId, true) ?? (await findPack(packId, services).catch(orUndefined));
  if (pack !== undefined && pack.headers.attestation === undefined && builder !== undefined) {
    await builder.sign(packId);
    pack = await store.load(packId);
  }
  const headers = pack?.headers.attestation;
  const bytes = pack?.attestation?.bytes;
  if (headers !== undefined && bytes !== undefined) return { headers, bytes };
  throw new TransportError(
    "ATTESTATION_UNAVAILABLE",
    `There is no bundle for the bytes of ${packId} that are served; sign them, then try again.`,
  );
}

function checkKnown(packId: string, store: PackStore): void {
  if (store.isKnown(packId)) return;
  throw new TransportError("PACK_NOT_FOUND", "There is no pack of this name here; check the name and its version.");
}

/** Without a pack there is nothing to attest; other failures stay failures. */
function orUndefined(error: unknown): undefined {
  if (error instanceof TransportError && error.code === "PACK_NOT_BUILT") return undefined;
  throw error;
}
