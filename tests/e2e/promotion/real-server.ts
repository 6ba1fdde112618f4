import { mkdir, readFile, writeFile } from "node:fs/promises";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { packPaths } from "@policy-pack/pack";
import { startServer } from "@policy-pack/server";
import { compilePack, createTempDir, createTestAuthority } from "@policy-pack/testkit";
import { SERVICE } from "./answers.ts";
import { AUDIENCE, createTestIssuer, GATE, ISSUER, WRITER } from "./tokens.ts";

const SOURCE = join(import.meta.dirname, "../../../contracts/policy-pack/v0");
const PACK_ID = "policy-pack-v0";

/** What whole, good evidence says; thresholds stand in the pack's data. */
export const SNAPSHOT = { p95Ms: 210, p99Ms: 480, readP95Ms: 200, writeP95Ms: 410, errorRate: 0.004, window: "10m" };
export const COST = { graphqlPerMillionUsd: 1.4, ingestPerThousandUsd: 0.06 };

export interface RealServer {
  readonly url: string;
  /** A token for the gate, by the server's clock. */
  readonly gateToken: (seconds?: number) => string;
  readonly writerToken: () => string;
  /** Posts evidence of a release, measured now unless said, and returns the status. */
  readonly post: (releaseId: string, evidence?: Readonly<Record<string, unknown>>) => Promise<number>;
  /** Moves the server's clock ahead. */
  readonly advance: (seconds: number) => void;
  /** Changes one byte of the pack in the server's folder. */
  readonly damagePack: () => Promise<void>;
  close(): Promise<void>;
}

/** The real server with the repository's own policies, built and signed, and an issuer of tokens; only its clock is the test's. */
export async function startRealServer(): Promise<RealServer> {
  const root = await createTempDir();
  const paths = packPaths(root.path, PACK_ID);
  const pack = await compilePack(await readSourceFiles(), { packId: PACK_ID });
  const authority = await createTestAuthority();
  await write(paths.tar, pack.tar);
  await write(paths.bundle, await authority.sign(pack.tar));
  await authority.close();
  const issuer = createTestIssuer();
  const promotionFile = await writeConfig(root.path, authority, issuer.jwks);
  let now = new Date();
  const server = await startServer({ root: root.path, promotionFile, port: 0, logger: false, now: () => now });
  const writerToken = (): string => issuer.token(WRITER, { now });
  return {
    url: server.url,
    gateToken: (seconds = 300) => issuer.token(GATE, { now, seconds }),
    writerToken,
    post: async (releaseId, evidence = { snapshot: SNAPSHOT, cost: COST, soakSeconds: 600 }) => {
      const about = { service: SERVICE, releaseId, environment: "production", measuredAt: now.toISOString() };
      const response = await fetch(`${server.url}/v1/evidence`, {
        method: "POST",
        headers: { authorization: `Bearer ${writerToken()}`, "content-type": "application/json" },
        body: JSON.stringify({ ...about, ...evidence }),
      });
      return response.status;
    },
    advance: (seconds) => {
      now = new Date(now.getTime() + seconds * 1000);
    },
    damagePack: async () => {
      const bytes = await readFile(paths.tar);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await writeFile(paths.tar, bytes);
    },
    close: async () => {
      await server.close();
      await root.remove();
    },
  };
}

async function readSourceFiles(): Promise<Readonly<Record<string, string>>> {
  const paths = globSync("{opa,data}/**/*.{rego,json}", { cwd: SOURCE });
  const files = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(SOURCE, path), "utf8")] as const),
  );
  return Object.fromEntries(files);
}

async function writeConfig(
  root: string,
  { trustedRoot, policy }: { readonly trustedRoot: string; readonly policy: object },
  jwks: object,
): Promise<string> {
  const file = join(root, "promotion.json");
  await write(join(root, "trusted_root.json"), trustedRoot);
  await write(join(root, "policy.json"), JSON.stringify({ ...policy, packId: PACK_ID }));
  await write(join(root, "jwks.json"), JSON.stringify(jwks));
  const grants = [
    { claims: { sub: WRITER }, scopes: ["evidence:write"] },
    { claims: { sub: GATE }, scopes: ["evidence:read"], services: [SERVICE] },
  ];
  const config = {
    environment: "production",
    packId: PACK_ID,
    trustedRoot: "trusted_root.json",
    verificationPolicy: "policy.json",
    minimumRevision: 1,
    services: [SERVICE, "billing"],
    store: "evidence.sqlite",
    tokens: { audience: AUDIENCE, issuers: [{ issuer: ISSUER, jwks: "jwks.json", grants }] },
  };
  await write(file, JSON.stringify(config));
  return file;
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
