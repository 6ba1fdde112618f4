import { generateKeyPairSync } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packPaths, STATEMENT_TYPE } from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";
import { compilePack, createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { CompiledPack, TestAuthority } from "@policy-pack/testkit";
import { parseTrustedRoot, parseVerificationPolicy } from "@policy-pack/verify";
import type { AttestationRule, VerificationPolicy } from "@policy-pack/verify";
import { exportJWK, SignJWT } from "jose";
import { EvidenceStore } from "../../src/evidence/evidence.ts";
import type { Evidence } from "../../src/evidence/evidence.ts";
import type { PromotionConfig } from "../../src/promotion-config.ts";
import { startServer } from "../../src/start-server.ts";
import type { RunningServer } from "../../src/start-server.ts";
import { ask } from "./ask.ts";
import type { Answer } from "./ask.ts";

export const PACK_ID = "policy-pack-v0";
export const SERVICE = "graph-api";
export const RELEASE = "2026.6.1";
export const TARGET: Digest = `sha256:${"ab".repeat(32)}` as Digest;
/** Where the clock stands unless a test moves it. */
export const START = new Date("2026-06-01T12:00:00Z");

const PACK_SOURCE = join(import.meta.dirname, "../../../contracts/policy-pack/v0");
const AUDIENCE = "policy-pack-server";
const ISSUER = "https://tokens.test";

/** A server that judges promotions, with everything that it believes made by this test. */
export interface PromotionWorld {
  readonly root: string;
  readonly authority: TestAuthority;
  readonly url: string;
  readonly clock: { now: Date };
  readonly config: PromotionConfig;
  /** Another connection to the server's own store. */
  readonly store: EvidenceStore;
  /** Puts a pack where the server looks, signed by the authority unless a bundle is given; null leaves none. */
  install(pack: Uint8Array, bundle?: string | null): Promise<void>;
  token(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Keeps evidence that is whole, current and within the limits, but for the change. */
  measure(change?: Partial<Evidence>): void;
  measureWithoutCost(change?: Partial<Evidence>): void;
  ask(path: string, question?: { method?: string; body?: string; headers?: Record<string, string> }): Promise<Answer>;
  /** `evidenceOk` of the release, all fields. */
  evidenceOk(change?: { service?: string; releaseId?: string }): Promise<Answer>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly attestations?: readonly AttestationRule[];
  readonly introspection?: boolean;
  readonly minimumRevision?: number;
}

export const QUERY = `query ($service: String!, $releaseId: ID!) {
  evidenceOk(service: $service, releaseId: $releaseId) {
    ok reasons missing stale packDigest revision decidedAt
    snapshot { service p95Ms p99Ms readP95Ms writeP95Ms errorRate window }
    cost { graphqlPerMillionUsd ingestPerThousandUsd }
  }
}`;

export async function createPromotionWorld(options: WorldOptions = {}): Promise<PromotionWorld> {
  const folder = await createTempDir();
  const authority = await createTestAuthority();
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const clock = { now: START };
  const config = await toConfig(join(folder.path, "evidence.sqlite"), { authority, keys, options });
  const server: RunningServer = await startServer({
    root: folder.path,
    port: 0,
    logger: false,
    promotion: config,
    isProduction: options.introspection !== true,
    now: () => clock.now,
  });
  const store = EvidenceStore.open(config.store, { environment: config.environment });
  const world: PromotionWorld = {
    root: folder.path,
    authority,
    url: server.url,
    clock,
    config,
    store,
    install: async (pack, bundle) => {
      const paths = packPaths(folder.path, PACK_ID);
      await replace(paths.tar, pack);
      if (bundle === null) await rm(paths.bundle, { force: true });
      else await replace(paths.bundle, Buffer.from(bundle ?? (await authority.sign(pack))));
    },
    token: async (claims = {}) => {
      const seconds = Math.floor(clock.now.getTime() / 1000);
      const payload = { iss: ISSUER, aud: AUDIENCE, sub: "gate", iat: seconds, exp: seconds + 300, ...claims };
      return await new SignJWT(payload).setProtectedHeader({ alg: "ES256" }).sign(keys.privateKey);
    },
    measure: (change = {}) => {
      store.write(evidence(clock.now, change), { source: "api", writer: "a test", receivedAt: clock.now });
    },
    measureWithoutCost: (change = {}) => {
      const parts = Object.entries(evidence(clock.now, change)).filter(([name]) => name !== "cost");
      store.write(Object.fromEntries(parts) as unknown as Evidence, {
        source: "api",
        writer: "a test",
        receivedAt: clock.now,
      });
    },
    ask: async (path, { method = "GET", body, headers = {} } = {}) =>
      await ask(`${server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${await world.token()}`, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
    evidenceOk: async ({ service = SERVICE, releaseId = RELEASE } = {}) =>
      await world.ask("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: QUERY, variables: { service, releaseId } }),
      }),
    close: async () => {
      await server.close();
      store.close();
      await authority.close();
      await folder.remove();
    },
  };
  return world;
}

interface ConfigParts {
  readonly authority: TestAuthority;
  readonly keys: ReturnType<typeof generateKeyPairSync>;
  readonly options: WorldOptions;
}

async function toConfig(store: string, { authority, keys, options }: ConfigParts): Promise<PromotionConfig> {
  const jwk = { ...(await exportJWK(keys.publicKey)), alg: "ES256" };
  const { attestations, introspection = false, minimumRevision } = options;
  return {
    environment: "production",
    packId: PACK_ID,
    trustedRoot: parseTrustedRoot(authority.trustedRoot),
    verificationPolicy: parseVerificationPolicy(authority.policy),
    ...(minimumRevision === undefined ? {} : { minimumRevision }),
    denylist: [],
    pause: [],
    ...(attestations === undefined ? {} : { readinessPolicy: toReadinessPolicy(authority, attestations) }),
    services: [SERVICE, "ingest"],
    store,
    introspection,
    tokens: {
      audience: AUDIENCE,
      maxLifetimeSeconds: 3600,
      issuers: [
        {
          issuer: ISSUER,
          jwks: { keys: [jwk] },
          grants: [
            { claims: { sub: "gate" }, scopes: ["evidence:read"], services: [SERVICE, "unheard-of"] },
            { claims: { sub: "writer" }, scopes: ["evidence:write"] },
          ],
        },
      ],
    },
  };
}

function toReadinessPolicy({ policy }: TestAuthority, attestations: readonly AttestationRule[]): VerificationPolicy {
  return parseVerificationPolicy({ ...policy, attestations });
}

/** `ok` of it depends on the window that was measured: undefined, no boolean, in conflict, or without reasons. */
export const ODD_REGO = `package cos.promotion

# METADATA
# scope: document
# entrypoint: true
ok if input.snapshot.window in {"1m", "5m"}

ok := false if input.snapshot.window == "4m"

ok := "yes" if input.snapshot.window == "2m"

ok := false if conflicting

ok := true if conflicting

conflicting if input.snapshot.window == "3m"

# METADATA
# scope: document
# entrypoint: true
reasons := [] if input.snapshot.window in {"2m", "3m", "4m", "9m"}

reasons := ["because"] if input.snapshot.window == "5m"
`;

/** The contract's data with a limit that the evidence exceeds. */
export const STRICT_DATA = {
  "data/config/promotion/data.json": JSON.stringify({
    max_read_p95_ms: 100,
    max_write_p95_ms: 700,
    max_error_rate: 0.02,
    max_graphql_usd_per_million: 2,
    max_ingest_usd_per_thousand: 0.1,
  }),
};

/** Whole, current and within every limit of the contract's pack. */
export function evidence(now: Date, change: Partial<Evidence> = {}): Evidence {
  return {
    service: SERVICE,
    releaseId: RELEASE,
    environment: "production",
    artifactDigest: TARGET,
    measuredAt: now.toISOString(),
    snapshot: { service: SERVICE, p95Ms: 120, p99Ms: 480, errorRate: 0.001, window: "30m" },
    cost: { graphqlPerMillionUsd: 1.2, ingestPerThousandUsd: 0.05 },
    soakSeconds: 3600,
    links: [],
    ...change,
  };
}

/** An in-toto statement about the artifact. */
export function statement(predicateType: string, predicate: JsonObject, target: Digest = TARGET): JsonObject {
  const subject = [{ name: "app", digest: { sha256: target.slice("sha256:".length) } }];
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

/** The contract's own pack, compiled, with files changed or, by an empty text, left out. */
export async function compileContract(
  revision: number,
  change: Readonly<Record<string, string>> = {},
): Promise<CompiledPack> {
  const files: Record<string, string> = {};
  for (const top of ["opa", "data"]) {
    for (const entry of await readdir(join(PACK_SOURCE, top), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.endsWith("_test.rego")) continue;
      files[path.slice(PACK_SOURCE.length + 1).replaceAll("\\", "/")] = await readFile(path, "utf8");
    }
  }
  const whole = Object.entries({ ...files, ...change }).filter(([, text]) => text !== "");
  return await compilePack(Object.fromEntries(whole), { packId: PACK_ID, revision });
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, bytes);
}
