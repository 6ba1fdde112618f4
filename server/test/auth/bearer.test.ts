import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import type { JWTPayload } from "jose";
import { createAuthenticator } from "../../src/auth/bearer.ts";
import type { Authenticator, Caller, Demand } from "../../src/auth/bearer.ts";
import { readPromotionConfig } from "../../src/promotion-config.ts";
import { AUDIENCE, createPromotion, ISSUER, NOW, seconds, SUBJECTS } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";

let promotion: TestPromotion;
let authenticator: Authenticator;
let clock = NOW;

beforeAll(async () => {
  promotion = await createPromotion();
  const { tokens } = await readPromotionConfig(promotion.file);
  authenticator = createAuthenticator(tokens, () => clock);
});

afterAll(() => promotion.remove());

const WRITE: Demand = { scope: "evidence:write" };

function bring(token: string, demand = WRITE): Promise<Caller> {
  return authenticator.authenticate({ rawHeaders: ["Authorization", `Bearer ${token}`] }, demand);
}

async function expectRefusal(pending: Promise<unknown>, code: string): Promise<void> {
  await expect(pending).rejects.toMatchObject({ name: "TrustError", code });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: SUBJECTS.writer, iat: seconds(NOW), exp: seconds(NOW, 600) };

describe("authenticate", () => {
  it("returns who it is and until when", async () => {
    const caller = await bring(await promotion.token());
    expect(caller).toMatchObject({ issuer: ISSUER, subject: SUBJECTS.writer });
    expect(caller.expiresAt).toEqual(new Date(NOW.getTime() + 600_000));
  });

  it("takes the scheme in any case, and an audience among others", async () => {
    const token = await promotion.token({ aud: ["other", AUDIENCE] });
    const headers = { rawHeaders: ["host", "x", "AUTHORIZATION", `bEARER  ${token}`] };
    expect((await authenticator.authenticate(headers, WRITE)).subject).toBe(SUBJECTS.writer);
  });

  describe("when there is not one bearer token in the Authorization header", () => {
    it.each([
      ["no header", []],
      ["an empty one", ["authorization", ""]],
      ["no token", ["authorization", "Bearer "]],
      ["another scheme", ["authorization", "Basic eDp5"]],
      ["another header", ["x-authorization", "Bearer a.b.c"]],
      ["a header's name as a value", ["x", "authorization", "y", "Bearer a.b.c"]],
      ["two tokens in one", ["authorization", "Bearer a.b.c, Bearer a.b.c"]],
      ["no JWT", ["authorization", "Bearer abc"]],
      ["five parts", ["authorization", "Bearer a.b.c.d.e"]],
    ])("throws TOKEN_INVALID for %s", async (_name, rawHeaders) => {
      await expectRefusal(authenticator.authenticate({ rawHeaders }, WRITE), "TOKEN_INVALID");
    });

    it("throws TOKEN_INVALID for a genuine token beyond the cap", async () => {
      await expectRefusal(bring(await promotion.token({ padding: "x".repeat(6_000) })), "TOKEN_INVALID");
    });

    it("throws TOKEN_INVALID for two headers, also when both hold the same good token", async () => {
      const value = `Bearer ${await promotion.token()}`;
      const rawHeaders = ["Authorization", value, "authorization", value];
      await expectRefusal(authenticator.authenticate({ rawHeaders }, WRITE), "TOKEN_INVALID");
    });
  });

  describe("when nobody whom the configuration names signed it for this server", () => {
    it("throws TOKEN_INVALID for alg none, with and without a signature", async () => {
      const [, , signature = ""] = (await promotion.token()).split(".");
      for (const alg of ["none", "None", "NONE"]) {
        const unsigned = `${encode({ alg, kid: "k1" })}.${encode(CLAIMS)}.`;
        for (const token of [unsigned, `${unsigned}${signature}`]) await expectRefusal(bring(token), "TOKEN_INVALID");
      }
    });

    it("throws TOKEN_INVALID for HS256 with the public key as its secret", async () => {
      const pem = promotion.publicKey.export({ type: "spki", format: "pem" });
      const der = promotion.publicKey.export({ type: "spki", format: "der" });
      const jwk = JSON.stringify(promotion.publicKey.export({ format: "jwk" }));
      for (const secret of [pem, der, jwk]) {
        const text = `${encode({ alg: "HS256", kid: "k1" })}.${encode(CLAIMS)}`;
        const mac = createHmac("sha256", secret).update(text).digest("base64url");
        await expectRefusal(bring(`${text}.${mac}`), "TOKEN_INVALID");
      }
    });

    it("throws TOKEN_INVALID for another key, which the token itself brings", async () => {
      const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const jwk = other.publicKey.export({ format: "jwk" });
      const signed = new SignJWT(CLAIMS).setProtectedHeader({ alg: "ES256", kid: "k1", jwk });
      await expectRefusal(bring(await signed.sign(other.privateKey)), "TOKEN_INVALID");
    });

    it("throws TOKEN_INVALID for a key that the set does not have", async () => {
      await expectRefusal(bring(await promotion.token({}, { kid: "k2" })), "TOKEN_INVALID");
    });

    it("throws TOKEN_INVALID for other claims under the same signature", async () => {
      const [header = "", , signature = ""] = (await promotion.token()).split(".");
      await expectRefusal(bring(`${header}.${encode({ ...CLAIMS, sub: "root" })}.${signature}`), "TOKEN_INVALID");
    });

    it("throws TOKEN_INVALID for an extension that is critical and unknown", async () => {
      const text = `${encode({ alg: "ES256", kid: "k1", crit: ["x"], x: 1 })}.${encode(CLAIMS)}`;
      await expectRefusal(bring(`${text}.${Buffer.alloc(64).toString("base64url")}`), "TOKEN_INVALID");
    });

    it.each([
      ["another issuer", { iss: `${ISSUER}/` }],
      ["no issuer", { iss: undefined }],
      ["another audience", { aud: `${AUDIENCE}2` }],
      ["no audience", { aud: undefined }],
      ["no subject", { sub: undefined }],
      ["an empty subject", { sub: "" }],
    ] as const)("throws TOKEN_INVALID for %s", async (_name, claims) => {
      await expectRefusal(bring(await promotion.token(claims as JWTPayload)), "TOKEN_INVALID");
    });
  });

  describe("when it is not its time", () => {
    it.each([
      ["over this second", { exp: seconds(NOW) }, "TOKEN_EXPIRED"],
      ["over within the skew that an issuer's clock may have", { exp: seconds(NOW, -1) }, "TOKEN_EXPIRED"],
      ["over for long", { iat: seconds(NOW, -7_200), exp: seconds(NOW, -3_600) }, "TOKEN_EXPIRED"],
      ["not valid yet", { nbf: seconds(NOW, 120) }, "TOKEN_INVALID"],
      ["issued later", { iat: seconds(NOW, 120) }, "TOKEN_INVALID"],
      ["without an end", { exp: undefined }, "TOKEN_INVALID"],
      ["with an end that is a text", { exp: "2030" as unknown as number }, "TOKEN_INVALID"],
      ["longer than the cap", { exp: seconds(NOW, 86_401) }, "TOKEN_INVALID"],
      ["longer than the cap, and old", { iat: seconds(NOW, -86_400), exp: seconds(NOW, 60) }, "TOKEN_INVALID"],
      ["longer than the cap from now, and without iat", { iat: undefined, exp: seconds(NOW, 86_401) }, "TOKEN_INVALID"],
      ["for ever", { exp: 1e300 }, "TOKEN_INVALID"],
    ] as const)("throws for one that is %s", async (_name, claims, code) => {
      await expectRefusal(bring(await promotion.token(claims as JWTPayload)), code);
    });

    it.each([
      ["at the cap", { exp: seconds(NOW, 86_400) }],
      ["valid in a moment, by a clock that is ahead", { nbf: seconds(NOW, 30), iat: seconds(NOW, 30) }],
      ["without iat", { iat: undefined }],
    ] as const)("takes one that is %s", async (_name, claims) => {
      expect((await bring(await promotion.token(claims as JWTPayload))).subject).toBe(SUBJECTS.writer);
    });
  });

  describe("when it is genuine and not granted", () => {
    it.each([
      ["an unknown subject", { sub: "ci2" }, WRITE],
      ["a subject of another type", { sub: SUBJECTS.writer, role: "admin" }, { scope: "evidence:admin" } as never],
      ["another scope", { sub: SUBJECTS.reader }, WRITE],
      ["another service", { sub: SUBJECTS.narrow }, { scope: "evidence:write", service: "graph-api" } as const],
    ])("throws TOKEN_FORBIDDEN for %s", async (_name, claims, demand) => {
      await expectRefusal(bring(await promotion.token(claims), demand), "TOKEN_FORBIDDEN");
    });

    it("takes it for what is granted", async () => {
      const narrow = await promotion.token({ sub: SUBJECTS.narrow });
      expect((await bring(narrow, { scope: "evidence:write", service: "ingest" })).subject).toBe(SUBJECTS.narrow);
    });
  });
});

describe("permit", () => {
  it("throws TOKEN_EXPIRED once the time is over, and TOKEN_FORBIDDEN for another service", async () => {
    const caller = await bring(await promotion.token({ sub: SUBJECTS.narrow }));
    caller.permit({ scope: "evidence:write", service: "ingest" });
    const forbidden = (): void => {
      caller.permit({ scope: "evidence:write", service: "graph-api" });
    };
    expect(forbidden).toThrow(expect.objectContaining({ code: "TOKEN_FORBIDDEN" }));
    clock = new Date(NOW.getTime() + 600_000);
    expect(() => {
      caller.permit({ scope: "evidence:write", service: "ingest" });
    }).toThrow(expect.objectContaining({ code: "TOKEN_EXPIRED" }));
    clock = NOW;
  });
});
