import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readPromotion, readPromotionConfig } from "../src/promotion-config.ts";
import type { PromotionConfig } from "../src/promotion-config.ts";
import { AUDIENCE, createPromotion, ISSUER } from "./support/promotion.ts";
import type { TestPromotion } from "./support/promotion.ts";

let promotion: TestPromotion;

beforeEach(async () => {
  promotion = await createPromotion();
});

afterEach(() => promotion.remove());

async function read(fields: object = {}): Promise<PromotionConfig> {
  await promotion.rewrite(fields);
  return readPromotionConfig(promotion.file);
}

async function expectInvalid(pending: Promise<unknown>, at: string): Promise<void> {
  await expect(pending).rejects.toMatchObject({
    name: "ConfigError",
    code: "CONFIG_INVALID",
    message: expect.stringContaining(at) as unknown,
  });
}

function writeJson(name: string, value: unknown): Promise<void> {
  return writeFile(join(promotion.dir, name), JSON.stringify(value));
}

const GRANT = { claims: { sub: "ci" }, scopes: ["evidence:write"] };
const QUERY = 'x{r="{{releaseId}}"}';
const PROMETHEUS = {
  url: "http://prometheus.test:9090",
  window: "30m",
  queries: { p95Ms: QUERY, p99Ms: QUERY, errorRate: QUERY },
};

function tokens(issuer: object = {}, others: object = {}): object {
  return {
    tokens: {
      audience: AUDIENCE,
      issuers: [{ issuer: ISSUER, jwks: "jwks.json", grants: [GRANT], ...issuer }],
      ...others,
    },
  };
}

describe("readPromotionConfig", () => {
  it("returns it with every file that it names read, relative to it", async () => {
    const config = await read({
      $schema: "x",
      minimumRevision: 3,
      readinessPolicy: "policy.json",
      prometheus: PROMETHEUS,
    });
    expect(config).toMatchObject({
      environment: "production",
      packId: "policy-pack-v0",
      minimumRevision: 3,
      services: ["graph-api", "ingest"],
      store: promotion.store,
      denylist: [],
      pause: [],
      introspection: false,
      prometheus: { ...PROMETHEUS, url: new URL(PROMETHEUS.url), minIntervalSeconds: 30 },
    });
    expect(config.tokens.maxLifetimeSeconds).toBe(86_400);
    expect(config.tokens.issuers[0]?.jwks.keys).toHaveLength(1);
    expect(config.verificationPolicy.signers).toHaveLength(1);
    expect(config.readinessPolicy?.signers).toHaveLength(1);
    expect(config.trustedRoot).toBeDefined();
  });

  it("takes absolute paths too", async () => {
    expect((await read({ store: join(promotion.dir, "other.sqlite") })).store).toBe(
      join(promotion.dir, "other.sqlite"),
    );
  });

  describe("when a field is not what it must be", () => {
    it.each(["environment", "packId", "verificationPolicy", "services", "store", "tokens"])(
      "throws for a missing %s",
      async (name) => {
        await expectInvalid(read({ [name]: undefined }), name);
      },
    );

    it.each([
      ["an unknown field", { prometeus: PROMETHEUS }, "prometeus"],
      ["an environment in capitals", { environment: "Prod" }, "environment"],
      ["a pack id of another form", { packId: "../x" }, "packId"],
      ["a revision of 0", { minimumRevision: 0 }, "minimumRevision"],
      ["no services", { services: [], ...tokens() }, "services"],
      ["a service twice", { services: ["graph-api", "ingest", "ingest"] }, "services"],
      ["a service with a quote", { services: ['a"'] }, "services"],
      ["an empty store", { store: "" }, "store"],
      ["introspection that is a text", { introspection: "true" }, "introspection"],
      ["a trusted root that is not there", { trustedRoot: "absent.json" }, "absent.json"],
      ["a trusted root that is none", { trustedRoot: "policy.json" }, "trustedRoot"],
      ["no trusted root at all", { trustedRoot: undefined }, "trustedRoot"],
      ["a policy that is none", { verificationPolicy: "jwks.json" }, "verificationPolicy"],
      ["a readiness policy that is none", { readinessPolicy: "root.json" }, "readinessPolicy"],
      ["a denylist that nobody signs", { denylist: ["list.json"] }, "denylist"],
      ["a pause that nobody signs", { pause: ["pause.json"] }, "pause"],
    ])("throws for %s", async (_name, fields, at) => {
      await expectInvalid(read(fields), at);
    });

    it("throws for another pack than the policy is for", async () => {
      const signers = [{ certificateIdentity: "a@b.test", certificateOidcIssuer: ISSUER }];
      await writeJson("policy.json", { signers, packId: "other-v0" });
      await expectInvalid(read(), "packId");
    });

    it("throws for a policy that wants a denylist or a pause when none is named", async () => {
      const signers = [{ certificateIdentity: "a@b.test", certificateOidcIssuer: ISSUER }];
      for (const list of ["denylist", "pause"]) {
        await writeJson("policy.json", { signers, [list]: { signers } });
        await expectInvalid(read(), list);
        expect(await read({ [list]: ["list.json"] })).toMatchObject({ [list]: [join(promotion.dir, "list.json")] });
      }
    });
  });

  describe("when the file cannot be read", () => {
    it("throws for none, for a folder, for no JSON, for a key twice and for one that is too large", async () => {
      for (const text of ["{", '{"store":"a","store":"b"}', `"${"x".repeat(262_144)}"`, "[]"]) {
        await writeFile(promotion.file, text);
        await expectInvalid(readPromotionConfig(promotion.file), promotion.file);
      }
      await rm(promotion.file);
      await expectInvalid(readPromotionConfig(promotion.file), "no such file");
      await mkdir(promotion.file);
      await expectInvalid(readPromotionConfig(promotion.file), promotion.file);
    });
  });

  describe("when the tokens are not as they must be", () => {
    it.each([
      ["no issuers", tokens({}, { issuers: [] }), "issuers"],
      ["no audience", tokens({}, { audience: "" }), "audience"],
      ["a lifetime of half a year", tokens({}, { maxLifetimeSeconds: 15_552_000 }), "maxLifetimeSeconds"],
      ["no grants", tokens({ grants: [] }), "grants"],
      ["a grant for every token", tokens({ grants: [{ ...GRANT, claims: {} }] }), "claims"],
      ["a claim that is no text", tokens({ grants: [{ ...GRANT, claims: { sub: ["ci"] } }] }), "sub"],
      ["a scope that there is not", tokens({ grants: [{ ...GRANT, scopes: ["evidence:*"] }] }), "scopes"],
      ["no scope", tokens({ grants: [{ ...GRANT, scopes: [] }] }), "scopes"],
      ["a service that is not configured", tokens({ grants: [{ ...GRANT, services: ["other"] }] }), "services"],
      ["an unknown field", tokens({ secret: "x" }), "secret"],
      ["a key set that is not there", tokens({ jwks: "absent.json" }), "absent.json"],
    ])("throws for %s", async (_name, fields, at) => {
      await expectInvalid(read(fields), at);
    });

    it("throws for an issuer that stands there twice", async () => {
      const issuer = { issuer: ISSUER, jwks: "jwks.json", grants: [GRANT] };
      await expectInvalid(read({ tokens: { audience: AUDIENCE, issuers: [issuer, issuer] } }), "issuers");
    });

    it.each([
      ["none", []],
      ["a shared secret", [{ kty: "oct", k: "c2VjcmV0" }]],
      ["a private key", [generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" })]],
      [
        "an RSA key of 1024 bits",
        [generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ format: "jwk" })],
      ],
      [
        "a curve for nothing here",
        [generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({ format: "jwk" })],
      ],
      ["a key for agreement", [generateKeyPairSync("x25519").publicKey.export({ format: "jwk" })]],
      ["a key for encryption", [{ ...publicKey(), use: "enc" }]],
      ["a broken key", [{ kty: "EC", crv: "P-256", x: "AA", y: "AA" }]],
      ["no key", ["x"]],
      ["nothing for a key", [null]],
      ["a name that is no text", [{ ...publicKey(), kid: 1 }]],
      ["an algorithm that is no text", [{ ...publicKey(), alg: ["ES256"] }]],
      ["two keys without names", [publicKey(), publicKey()]],
      [
        "two keys of one name",
        [
          { ...publicKey(), kid: "a" },
          { ...publicKey(), kid: "a" },
        ],
      ],
    ])("throws for a key set with %s", async (_name, keys) => {
      await writeJson("jwks.json", { keys });
      await expectInvalid(read(), "jwks.json");
    });

    it.each([{}, [], { keys: {} }, "x", null])("throws for the key set %j", async (json) => {
      await writeJson("jwks.json", json);
      await expectInvalid(read(), "jwks.json");
    });

    it("takes RSA, the three curves and Ed25519", async () => {
      const pairs = [
        generateKeyPairSync("rsa", { modulusLength: 2_048 }),
        generateKeyPairSync("ec", { namedCurve: "P-384" }),
        generateKeyPairSync("ec", { namedCurve: "P-521" }),
        generateKeyPairSync("ed25519"),
      ];
      await writeJson("jwks.json", {
        keys: pairs.map((pair, i) => ({ ...pair.publicKey.export({ format: "jwk" }), kid: `${i}` })),
      });
      expect((await read()).tokens.issuers[0]?.jwks.keys).toHaveLength(4);
    });
  });

  describe("when the Prometheus part is not as it must be", () => {
    it.each([
      ["no window", { window: undefined }],
      ["a window in words", { window: "half an hour" }],
      ["a URL of a file", { url: "file:///etc/passwd" }],
      ["a URL with a password", { url: "https://a:b@prometheus.test" }],
      ["a URL with a query", { url: "https://prometheus.test/?x=1" }],
      ["no interval", { minIntervalSeconds: 0 }],
      ["a missing query", { queries: { p95Ms: QUERY, p99Ms: QUERY } }],
      ["an unknown query", { queries: { ...PROMETHEUS.queries, p50Ms: QUERY } }],
      ["half of the cost", { queries: { ...PROMETHEUS.queries, graphqlPerMillionUsd: QUERY } }],
      ["a query about every release", { queries: { ...PROMETHEUS.queries, p95Ms: "up" } }],
      ["a pattern", { queries: { ...PROMETHEUS.queries, p95Ms: 'x{r=~"{{releaseId}}"}' } }],
      ["another release", { queries: { ...PROMETHEUS.queries, p95Ms: 'x{r!="{{releaseId}}"}' } }],
      ["a part of a value", { queries: { ...PROMETHEUS.queries, p95Ms: 'x{r="v{{releaseId}}"}' } }],
      ["no quotes", { queries: { ...PROMETHEUS.queries, p95Ms: "x{r={{releaseId}}}" } }],
      ["other quotes", { queries: { ...PROMETHEUS.queries, p95Ms: "x{r='{{releaseId}}'}" } }],
      ["another placeholder", { queries: { ...PROMETHEUS.queries, p95Ms: `${QUERY} + x{r="{{release}}"}` } }],
    ])("throws for %s", async (_name, fields) => {
      await expectInvalid(read({ prometheus: { ...PROMETHEUS, ...fields } }), "prometheus");
    });
  });
});

function publicKey(): object {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
}

describe("readPromotion", () => {
  it("returns undefined when nothing is named", async () => {
    expect(await readPromotion({})).toBeUndefined();
  });

  it("describes the schema only outside of production, and only when asked to", async () => {
    const promotionFile = promotion.file;
    const introspection = async (isProduction?: boolean): Promise<boolean | undefined> =>
      (await readPromotion({ promotionFile, ...(isProduction === undefined ? {} : { isProduction }) }))?.introspection;
    expect(await introspection(false)).toBe(false);
    await promotion.rewrite({ introspection: true });
    expect([await introspection(false), await introspection(true), await introspection()]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
