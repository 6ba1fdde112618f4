import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { mintIdentityToken, readIdentityToken } from "../src/identity-token.ts";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const claims = { identity: "a@b.example", issuer: "https://issuer.example" };
const now = new Date("2026-11-20T07:08:09.987Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const token = mintIdentityToken(claims, key, now);

describe("mintIdentityToken", () => {
  const payloadOf = (text: string) =>
    JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as unknown;

  it("calls an e-mail address verified, and makes a URI the subject alone", () => {
    expect(payloadOf(token)).toMatchObject({
      aud: "sigstore",
      sub: claims.identity,
      email: claims.identity,
      email_verified: true,
    });
    const uri = mintIdentityToken({ ...claims, identity: "https://ci.example/x" }, key, now);
    expect(payloadOf(uri)).toMatchObject({ sub: "https://ci.example/x" });
    expect(payloadOf(uri)).not.toHaveProperty("email");
  });
});

describe("readIdentityToken", () => {
  it("returns the claims from the first second to before the end of the fifth minute", () => {
    expect(readIdentityToken(token, key, now)).toEqual(claims);
    expect(readIdentityToken(token, key, later(299))).toEqual(claims);
    expect(readIdentityToken(token, key, later(300))).toBeUndefined();
    expect(readIdentityToken(token, key, later(-1))).toBeUndefined();
  });

  const [header = "", payload = "", signature = ""] = token.split(".");
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  it.each([
    ["another key's token", mintIdentityToken(claims, otherKey, now)],
    ["a header of another algorithm", `${none}.${payload}.${signature}`],
    ["no signature", `${none}.${payload}.`],
    ["other claims", `${header}.${Buffer.from('{"sub":"x@y.z"}').toString("base64url")}.${signature}`],
    ["a fourth part", `${token}.x`],
    ["junk that base64 readers skip", `${token}=`],
    ["nothing", ""],
  ])("returns undefined for %s", (_name, text) => {
    expect(readIdentityToken(text, key, now)).toBeUndefined();
  });
});
