import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTempDir, publicGoodTrustedRoot } from "@policy-pack/testkit";
import { SignJWT } from "jose";
import type { JWTPayload } from "jose";

/** The time of the tests that name none. */
export const NOW = new Date("2026-03-01T12:00:00Z");
export const ISSUER = "https://issuer.test";
export const AUDIENCE = "policy-pack-server";
const ALG = "ES256";

export interface TestPromotion {
  readonly dir: string;
  readonly file: string;
  readonly store: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Writes the configuration again, with these fields in place of its own; undefined takes one away. */
  readonly rewrite: (fields: object) => Promise<void>;
  /** A token of the configured issuer that lives for ten minutes from NOW on; the claims replace its own. */
  readonly token: (claims?: JWTPayload, header?: object) => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** The subject that may write and read everything, one that only reads, and one that only writes of one service. */
export const SUBJECTS = { writer: "ci", reader: "gate", narrow: "ingest-ci" } as const;

/** A folder with a promotion configuration and what it names. */
export async function createPromotion(fields: object = {}): Promise<TestPromotion> {
  const { path: dir, remove } = await createTempDir();
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const file = join(dir, "promotion.json");
  const base = {
    environment: "production",
    packId: "policy-pack-v0",
    trustedRoot: "root.json",
    verificationPolicy: "policy.json",
    services: ["graph-api", "ingest"],
    store: "evidence.sqlite",
    tokens: { audience: AUDIENCE, issuers: [{ issuer: ISSUER, jwks: "jwks.json", grants: GRANTS }] },
  };
  const policy = { signers: [{ certificateIdentity: "release@example.test", certificateOidcIssuer: ISSUER }] };
  const write = (name: string, value: unknown): Promise<void> => writeFile(join(dir, name), JSON.stringify(value));
  await writeFile(join(dir, "root.json"), publicGoodTrustedRoot());
  await write("policy.json", policy);
  await write("jwks.json", { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1" }] });
  await write("promotion.json", { ...base, ...fields });
  return {
    dir,
    file,
    store: join(dir, "evidence.sqlite"),
    privateKey,
    publicKey,
    rewrite: (changed) => write("promotion.json", { ...base, ...fields, ...changed }),
    token: (claims = {}, header = {}) => sign(privateKey, claims, header),
    remove,
  };
}

const GRANTS = [
  { claims: { sub: SUBJECTS.writer }, scopes: ["evidence:write", "evidence:read"] },
  { claims: { sub: SUBJECTS.reader }, scopes: ["evidence:read"] },
  { claims: { sub: SUBJECTS.narrow }, scopes: ["evidence:write"], services: ["ingest"] },
];

/** In whole seconds since 1970, as JWTs have it. */
export function seconds(time: Date, plus = 0): number {
  return Math.floor(time.getTime() / 1_000) + plus;
}

function sign(key: KeyObject, claims: JWTPayload, header: object): Promise<string> {
  const own = { iss: ISSUER, aud: AUDIENCE, sub: SUBJECTS.writer, iat: seconds(NOW), exp: seconds(NOW, 600) };
  return new SignJWT({ ...own, ...claims }).setProtectedHeader({ alg: ALG, kid: "k1", ...header }).sign(key);
}

/** Evidence that is whole; the fields replace its own. */
export function evidenceOf(fields: object = {}): object {
  return {
    service: "graph-api",
    releaseId: "2026-03-01.1",
    environment: "production",
    measuredAt: "2026-03-01T11:59:00Z",
    snapshot: { p95Ms: 210.5, p99Ms: 900, errorRate: 0.004, window: "30m" },
    cost: { graphqlPerMillionUsd: 1.4, ingestPerThousandUsd: 0.06 },
    ...fields,
  };
}
