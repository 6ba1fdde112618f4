import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { RegoObject } from "../../../src/values/values.ts";
import type { RegoEntry, RegoValue } from "../../../src/values/values.ts";
import { call } from "../../support/builtins.ts";
import { EC, EC384, ED, jwkOf, OCT, pemOf, RSA, SECRET, tokenOf, unsigned } from "./token-maker.ts";

const NOW = 1_780_315_200;
const UNVERIFIED = [false, new RegoObject([]), new RegoObject([])];
const keySet = (...keys: readonly object[]): string => JSON.stringify({ keys });

describe("io.jwt.decode", () => {
  it("gives header, payload and signature, and verifies nothing", async () => {
    expect(await call("io.jwt.decode", `${unsigned('{"alg":"none","alg":"x"}', '{"n":1.0}')}._-8`)).toMatchObject([
      { entries: [["alg", "x"]] },
      { entries: [["n", { text: "1.0" }]] },
      "ffef",
    ]);
  });

  it.each(["x", `"x"`, `'"x"'`])("reads the token within the token %s", async (quoted) => {
    const outer = `${unsigned('{"cty":"JWT"}', quoted.replace("x", tokenOf({ alg: "HS256" }, { a: 1 })))}.`;
    expect(await call("io.jwt.decode", outer)).toMatchObject([{}, { entries: [["a", 1n]] }, expect.any(String)]);
  });

  it.each<[string, RegoValue]>([
    ["no string", 1n],
    ["no points", "a"],
    ["two parts", "e30.e30"],
    ["five parts, as encrypted tokens have", "e30.e30.e30.e30.e30"],
    ["a header of an encrypted token", `${unsigned('{"enc":"A128GCM"}', "{}")}.`],
    ["a header that is no object", `${unsigned("[]", "{}")}.`],
    ["a header that is no JSON", `${unsigned("{", "{}")}.`],
    ["a payload that is no object", `${unsigned("{}", "1")}.`],
    ["more behind the payload", `${unsigned("{}", "{} 1")}.`],
    ["a header that is no base64", "*.e30.e30"],
    ["a payload that is no base64", "e30.*.e30"],
    ["a signature that is no base64", "e30.e30.*"],
    ["base64 of the other alphabet", `${unsigned("{}", '{"a":"\u00ff\u00fe\u00fb"}').replace("_", "/")}.+/8`],
    ["a content type that is no string", `${unsigned('{"cty":null}', "{}")}.`],
    ["no token within the token", `${unsigned('{"cty":"JWT"}', "{}")}.`],
  ])("refuses %s", async (_what, token) => {
    await expect(call("io.jwt.decode", token)).rejects.toThrow(BuiltinError);
  });
});

describe("io.jwt.verify_rs256 and its like", () => {
  it.each([
    ["rs256", "RS256", RSA],
    ["rs512", "RS512", RSA],
    ["ps384", "PS384", RSA],
    ["es256", "ES256", EC],
    ["eddsa", "EdDSA", ED],
  ])("verify_%s takes the key as PEM, as a JSON Web Key and in a set", async (name, alg, pair) => {
    const token = tokenOf({ alg });
    const other = jwkOf(EC384, { kid: "x" });
    for (const key of [pemOf(pair), JSON.stringify(jwkOf(pair)), keySet(other, jwkOf(pair, { alg }))]) {
      expect(await call(`io.jwt.verify_${name}`, token, key)).toBe(true);
      expect(await call(`io.jwt.verify_${name}`, `${token.slice(0, -6)}AAAAAA`, key)).toBe(false);
    }
  });

  it.each([
    ["a key of another kind", tokenOf({ alg: "RS256" }), pemOf(EC)],
    ["a private key", tokenOf({ alg: "RS256" }), JSON.stringify(RSA.privateKey.export({ format: "jwk" }))],
    ["a secret", tokenOf({ alg: "RS256" }, {}, "HS256"), JSON.stringify(OCT)],
    ["keys for another algorithm", tokenOf({ alg: "RS256" }), keySet(jwkOf(RSA, { alg: "RS512" }))],
    ["keys for encryption", tokenOf({ alg: "RS256" }), keySet(jwkOf(RSA, { alg: "RSA-OAEP" }))],
    ["no keys", tokenOf({ alg: "RS256" }), keySet()],
    [
      "a key of that name which is another",
      tokenOf({ alg: "RS256", kid: "a" }),
      keySet(jwkOf(EC, { kid: "a" }), jwkOf(RSA)),
    ],
    ["no signature", `${unsigned('{"alg":"none"}', "{}")}.`, pemOf(RSA)],
  ])("do not verify with %s", async (_what, token, key) => {
    expect(await call("io.jwt.verify_rs256", token, key)).toBe(false);
  });

  it("look at no algorithm in the header when the key names none", async () => {
    expect(await call("io.jwt.verify_rs256", tokenOf({ alg: "none" }, {}, "RS256"), pemOf(RSA))).toBe(true);
  });

  it("take the halves of an ECDSA signature with zeros before them", async () => {
    const [header = "", payload = "", signature = ""] = tokenOf({ alg: "ES256" }).split(".");
    const bytes = Buffer.from(signature, "base64url");
    const padded = Buffer.concat([Buffer.alloc(1), bytes.subarray(0, 32), Buffer.alloc(1), bytes.subarray(32)]);
    expect(await call("io.jwt.verify_es256", `${header}.${payload}.${padded.toString("base64url")}`, pemOf(EC))).toBe(
      true,
    );
  });

  it("when the signature is a megabyte does not read it for each key", async () => {
    const [header = "", payload = ""] = tokenOf({ alg: "ES256" }).split(".");
    const signature = Buffer.alloc(1_000_000, 1).toString("base64url");
    const keys = keySet(...Array.from({ length: 1000 }, () => jwkOf(EC)));
    expect(await call("io.jwt.verify_es256", `${header}.${payload}.${signature}`, keys)).toBe(false);
  });

  const rsaJwk = (members: object): string => JSON.stringify(jwkOf(RSA, members));
  const ecJwk = (members: object): string => JSON.stringify(jwkOf(EC, members));
  it.each<[string, RegoValue]>([
    ["no string", 1n],
    ["nothing", ""],
    ["bytes behind PEM", `${pemOf(RSA)}x`],
    ["another PEM block", pemOf(RSA).replaceAll("PUBLIC KEY", "RSA PUBLIC KEY")],
    ["a certificate that does not parse", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"],
    ["a kind of key that there is not", rsaJwk({ kty: "rsa" })],
    ["no modulus", rsaJwk({ n: undefined })],
    ["a modulus that is no string", rsaJwk({ n: 1 })],
    ["a modulus of zero", rsaJwk({ n: "AAAA" })],
    ["an even exponent", rsaJwk({ e: "Ag" })],
    ["an exponent of 64 bits", rsaJwk({ e: "gAAAAAAAAAE" })],
    ["an exponent that is no base64", rsaJwk({ e: "A" })],
    [
      "a private key without its factors",
      JSON.stringify({ ...RSA.privateKey.export({ format: "jwk" }), p: undefined }),
    ],
    ["a private key without its exponent", rsaJwk({ d: "" })],
    ["an unknown algorithm", rsaJwk({ alg: "RS257" })],
    ["operations that are no list", rsaJwk({ key_ops: "verify" })],
    ["a name that is no string", rsaJwk({ kid: 1 })],
    ["a use that is no string", rsaJwk({ use: ["sig"] })],
    ["certificates that do not parse", rsaJwk({ x5c: ["AAAA"] })],
    ["eleven certificates", rsaJwk({ x5c: Array.from({ length: 11 }, () => "AAAA") })],
    ["a curve that there is not", ecJwk({ crv: "P-257" })],
    ["a curve of another kind", ecJwk({ crv: "Ed25519" })],
    ["a point that is not on the curve", ecJwk({ x: "A".repeat(43) })],
    ["a coordinate that is too long", ecJwk({ x: `AA${"A".repeat(43)}` })],
    ["an Ed25519 key that is too short", JSON.stringify({ kty: "OKP", crv: "Ed25519", x: "AAAA" })],
    ["a curve for which nothing is verified", JSON.stringify({ kty: "OKP", crv: "Ed448", x: "AAAA" })],
    ["an empty secret", JSON.stringify({ kty: "oct", k: "" })],
    ["keys that are no list", '{"keys":null}'],
    ["a key that is no object", '{"keys":[1]}'],
    ["a bad key beside a good one", keySet(jwkOf(RSA), { kty: "oct" })],
    ["more than a thousand keys", keySet(...Array.from({ length: 1001 }, () => OCT))],
    ["more behind a set", `${keySet(jwkOf(RSA))} x`],
  ])("refuse %s as the key", async (_what, key) => {
    await expect(call("io.jwt.verify_rs256", tokenOf({ alg: "RS256" }), key)).rejects.toThrow(BuiltinError);
  });

  it("take what stands behind a single key", async () => {
    expect(await call("io.jwt.verify_rs256", tokenOf({ alg: "RS256" }), `${rsaJwk({})} x`)).toBe(true);
  });

  it.each([{ kid: 1 }, { alg: null }, { typ: 1 }, { cty: {} }, { crit: [] }, { crit: "x" }, { crit: [1] }])(
    "refuse the header %j",
    async (members) => {
      await expect(
        call("io.jwt.verify_rs256", tokenOf({ alg: "RS256", ...members }, {}, "RS256"), pemOf(RSA)),
      ).rejects.toThrow(BuiltinError);
    },
  );
});

describe("io.jwt.verify_hs256", () => {
  it.each<[string, string, string, boolean]>([
    ["the secret", tokenOf({ alg: "HS256" }), SECRET, true],
    ["another secret", tokenOf({ alg: "HS256" }), "x", false],
    ["a header that is none", `e30.e30.${tokenOf({ alg: "HS256" }).split(".")[2] ?? ""}`, SECRET, false],
    ["a public key, with which somebody signed as with a secret", tokenOf({ alg: "HS256" }), pemOf(RSA), false],
    ["a signature that is too short", tokenOf({ alg: "HS256" }).slice(0, -4), SECRET, false],
  ])("holds %s", async (_what, token, secret, valid) => {
    expect(await call("io.jwt.verify_hs256", token, secret)).toBe(valid);
  });

  it.each<[RegoValue, RegoValue]>([
    [1n, SECRET],
    [tokenOf({ alg: "HS256" }), 1n],
    ["a.b", SECRET],
    ["e30.e30.*", SECRET],
  ])("refuses %j with %j", async (token, secret) => {
    await expect(call("io.jwt.verify_hs256", token, secret)).rejects.toThrow(BuiltinError);
  });
});

describe("io.jwt.decode_verify", () => {
  const ask = async (token: RegoValue, ...constraints: readonly RegoEntry[]): Promise<RegoValue> =>
    call("io.jwt.decode_verify", token, new RegoObject([["time", BigInt(NOW) * 1_000_000_000n], ...constraints]));
  const secret: RegoEntry = ["secret", SECRET];
  const claims = (payload: object): string => tokenOf({ alg: "HS256" }, payload);

  it.each<[string, string, RegoEntry[]]>([
    ["a secret", tokenOf({ alg: "HS512" }), [secret]],
    ["a key", tokenOf({ alg: "PS256" }), [["cert", pemOf(RSA)]]],
    ["a private key", tokenOf({ alg: "RS256" }), [["cert", JSON.stringify(RSA.privateKey.export({ format: "jwk" }))]]],
    [
      "the key of that name",
      tokenOf({ alg: "ES256", kid: "b" }),
      [["cert", keySet(jwkOf(RSA, { kid: "a" }), jwkOf(EC, { kid: "b" }))]],
    ],
    ["the algorithm", tokenOf({ alg: "HS256" }), [secret, ["alg", "HS256"]]],
    ["a critical member that is known", tokenOf({ alg: "HS256", crit: ["alg"] }), [secret]],
    ["a critical member that is not there", tokenOf({ alg: "HS256", crit: ["b64"] }), [secret]],
    ["the issuer", claims({ iss: "me" }), [secret, ["iss", "me"]]],
    ["the audience", claims({ aud: ["a", "b"] }), [secret, ["aud", "b"]]],
    ["a time before it expires", claims({ exp: NOW + 0.5 }), [secret]],
    ["the time at which it begins", claims({ nbf: NOW }), [secret]],
    ["a token within a token", tokenOf({ alg: "HS256", cty: "jwt" }, claims({})), [secret]],
  ])("holds %s", async (_what, token, constraints) => {
    expect(((await ask(token, ...constraints)) as RegoValue[])[0]).toBe(true);
  });

  it.each<[string, string, RegoEntry[]]>([
    ["another secret", claims({}), [["secret", "x"]]],
    ["a key's PEM as the secret", tokenOf({ alg: "RS256" }), [["secret", pemOf(RSA)]]],
    ["a token signed with the key's PEM as a secret", claims({}), [["cert", pemOf(RSA)]]],
    ["no algorithm", `${unsigned('{"alg":"none"}', "{}")}.`, [["cert", pemOf(RSA)]]],
    ["no algorithm, with a secret", `${unsigned('{"alg":"none"}', "{}")}.`, [secret]],
    ["an empty algorithm", tokenOf({ alg: "" }, {}, "HS256"), [secret]],
    ["a missing algorithm", tokenOf({}, {}, "HS256"), [secret]],
    ["an algorithm in small letters", tokenOf({ alg: "hs256" }, {}, "HS256"), [secret]],
    ["another algorithm", claims({}), [secret, ["alg", "HS512"]]],
    ["keys for another algorithm", tokenOf({ alg: "RS256" }), [["cert", keySet(jwkOf(RSA, { alg: "RS512" }))]]],
    [
      "a key of that name which is another",
      tokenOf({ alg: "RS256", kid: "a" }),
      [["cert", keySet(jwkOf(EC, { kid: "a" }), jwkOf(RSA))]],
    ],
    [
      "an unknown one of very many critical members",
      tokenOf({
        alg: "HS256",
        ...Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, 1])),
        crit: Array.from({ length: 100_000 }, (_, index) => (index < 99_999 ? "b64" : "x9")),
      }),
      [secret],
    ],
    ["an unknown critical member", tokenOf({ alg: "HS256", crit: ["b64"], b64: true }), [secret]],
    ["an ECDSA signature with zeros before its halves", `${tokenOf({ alg: "ES256" })}AA`, [["cert", pemOf(EC)]]],
    ["another issuer", claims({ iss: "you" }), [secret, ["iss", "me"]]],
    ["no issuer", claims({}), [secret, ["iss", "me"]]],
    ["another audience", claims({ aud: "a" }), [secret, ["aud", "b"]]],
    ["an audience that nobody asked for", claims({ aud: "a" }), [secret]],
    ["no audience", claims({}), [secret, ["aud", "b"]]],
    ["an audience that is no text", claims({ aud: 1 }), [secret, ["aud", "b"]]],
    ["the time at which it expires", claims({ exp: NOW }), [secret]],
    ["a time before it begins", claims({ nbf: NOW + 0.5 }), [secret]],
    [
      "a token within a token by another key",
      tokenOf({ alg: "HS256", cty: "JWT" }, tokenOf({ alg: "RS256" })),
      [secret],
    ],
  ])("does not hold %s", async (_what, token, constraints) => {
    expect(await ask(token, ...constraints)).toEqual(UNVERIFIED);
  });

  it.each<[string, RegoValue, RegoEntry[]]>([
    ["no key", claims({}), []],
    ["an empty secret", claims({}), [["secret", ""]]],
    ["two keys", claims({}), [secret, ["cert", pemOf(RSA)]]],
    ["an unknown constraint", claims({}), [secret, ["sub", "x"]]],
    ["a constraint that is no string", claims({}), [secret, ["iss", 1n]]],
    ["a negative time", claims({}), [secret, ["time", -1n]]],
    ["a time that is no number", claims({}), [secret, ["time", "now"]]],
    ["an expiry that is no number", claims({ exp: "x" }), [secret]],
    ["an expiry that is null", claims({ exp: null }), [secret]],
    ["a beginning that is no number", claims({ nbf: "x" }), [secret]],
    ["an issuer that is no string", claims({ iss: 1 }), [secret, ["iss", "me"]]],
    ["a payload that is no object", tokenOf({ alg: "HS256" }, "[]"), [secret]],
    ["an encrypted token", "e30.e30.e30.e30.e30", [secret]],
    ["a header of an encrypted token", tokenOf({ alg: "HS256", enc: "x" }), [secret]],
  ])("refuses %s", async (_what, token, constraints) => {
    await expect(
      call(
        "io.jwt.decode_verify",
        token,
        new RegoObject([...new Map<RegoValue, RegoValue>([["time", 0n], ...constraints])]),
      ),
    ).rejects.toThrow(BuiltinError);
  });

  it("takes the decision's time when no other is given", async () => {
    const answer = (exp: number): Promise<RegoValue> =>
      call("io.jwt.decode_verify", claims({ exp }), new RegoObject([secret]));
    expect(await answer(NOW)).toEqual(UNVERIFIED);
    expect(((await answer(NOW + 1)) as RegoValue[])[0]).toBe(true);
  });
});
