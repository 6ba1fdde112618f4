import { generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { call, callWith, opaAnswers, testContext } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";
import { EC, EC384, ED, jwkOf, OCT, pemOf, RSA } from "./token-maker.ts";

const privateJwk = (pair: typeof EC, members: object = {}): string =>
  JSON.stringify({ ...pair.privateKey.export({ format: "jwk" }), ...members });
const raw = async (header: string, payload: string, key: string): Promise<string> =>
  (await call("io.jwt.encode_sign_raw", header, payload, key)) as string;

describe("io.jwt.encode_sign_raw", () => {
  it("signs so that stock OPA verifies it, whatever the algorithm", async () => {
    const pairs = [
      ["ES256", EC],
      ["ES384", EC384],
      ["PS256", RSA],
      ["PS512", RSA],
      ["RS384", RSA],
      ["EdDSA", ED],
    ] as const;
    const calls: Call[] = [];
    for (const [alg, pair] of pairs) {
      const token = await raw(JSON.stringify({ alg }), "{}", privateJwk(pair));
      calls.push([`io.jwt.verify_${alg.toLowerCase()}`, token, pemOf(pair)]);
    }
    expect(await opaAnswers(calls)).toEqual(calls.map(() => "true"));
  });

  it.each(["ES256", "PS256"])("signs by %s once a decision, and anew in the next", async (alg) => {
    const key = privateJwk(alg === "ES256" ? EC : RSA);
    const [first, second] = [testContext(), testContext()];
    const signed = (context: typeof first, payload = "{}") =>
      callWith(context, "io.jwt.encode_sign_raw", `{"alg":"${alg}"}`, payload, key);
    expect(await signed(first)).toBe(await signed(first));
    expect(await signed(first)).not.toBe(await signed(second));
    expect(await signed(first, '{"a":1}')).not.toBe(await signed(first));
  });

  it.each([
    ["a header as it is written", ' {"alg":"HS256"} ', "{}"],
    ["a header with a number that is none", '{"alg":"HS256","x":1e+-}', "{}"],
    ["the first of two algorithms", '{"alg":"HS256","alg":"none"}', "{}"],
    ["an escaped name", '{"\\u0061lg":"HS256"}', "{}"],
    ["a payload that is no JSON, when the type is another", '{"alg":"HS256","typ":"text"}', "no JSON"],
  ])("takes %s", async (_what, header, payload) => {
    const [first = ""] = (await raw(header, payload, JSON.stringify(OCT))).split(".");
    expect(Buffer.from(first, "base64url").toString()).toBe(header);
  });

  const small = generateKeyPairSync("rsa", { modulusLength: 768 });
  const hs = '{"alg":"HS256"}';
  it.each([
    ["a header that is no JSON", "{alg}", "{}", JSON.stringify(OCT)],
    ["more behind the header", `${hs}x`, "{}", JSON.stringify(OCT)],
    ["a header of 301 levels", `{"alg":"HS256","x":${"[".repeat(300)}${"]".repeat(300)}}`, "{}", JSON.stringify(OCT)],
    ["no algorithm", "{}", "{}", JSON.stringify(OCT)],
    ["an algorithm that is no string", '{"alg":1}', "{}", JSON.stringify(OCT)],
    ["none", '{"alg":"none"}', "{}", JSON.stringify(OCT)],
    ["an algorithm that OPA does not sign with", '{"alg":"ES256K"}', "{}", JSON.stringify(OCT)],
    ["a payload that is no JSON", hs, "x", JSON.stringify(OCT)],
    ["a payload that is no JSON, of type JWT", '{"alg":"HS256","typ":"JWT"}', "x", JSON.stringify(OCT)],
    ["a key that does not parse", hs, "{}", "{}"],
    ["no keys", hs, "{}", '{"keys":[]}'],
    ["a public key", '{"alg":"RS256"}', "{}", JSON.stringify(jwkOf(RSA))],
    ["a public key for HMAC", hs, "{}", JSON.stringify(jwkOf(RSA))],
    ["a secret for RSA", '{"alg":"RS256"}', "{}", JSON.stringify(OCT)],
    ["an EC key for RSA", '{"alg":"PS256"}', "{}", privateJwk(EC)],
    ["an RSA key for ECDSA", '{"alg":"ES256"}', "{}", privateJwk(RSA)],
    ["an EC key for EdDSA", '{"alg":"EdDSA"}', "{}", privateJwk(EC)],
    ["an RSA key of 768 bits", '{"alg":"RS256"}', "{}", privateJwk(small)],
    ["an RSA key whose parts do not belong together", '{"alg":"RS256"}', "{}", privateJwk(RSA, { dp: "AQ" })],
    ["an EC key that is zero", '{"alg":"ES256"}', "{}", privateJwk(EC, { d: "A".repeat(43) })],
    ["an Ed25519 key with another's public half", '{"alg":"EdDSA"}', "{}", privateJwk(ED, { x: "A".repeat(43) })],
  ])("refuses %s", async (_what, header, payload, key) => {
    await expect(raw(header, payload, key)).rejects.toThrow(BuiltinError);
  });

  it("refuses operands that are no strings", async () => {
    await expect(call("io.jwt.encode_sign_raw", 1n, "{}", JSON.stringify(OCT))).rejects.toThrow(BuiltinError);
    await expect(call("io.jwt.encode_sign_raw", hs, 1n, JSON.stringify(OCT))).rejects.toThrow(BuiltinError);
    await expect(call("io.jwt.encode_sign_raw", hs, "{}", 1n)).rejects.toThrow(BuiltinError);
  });
});
