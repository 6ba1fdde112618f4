import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { identityTokenProvider } from "../src/identity-token.ts";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const encoded = (claims: unknown) => `${part({ alg: "RS256" })}.${part(claims)}.c2ln`;
const NOW = new Date("2026-01-01T00:00:00Z");
const SECONDS = NOW.getTime() / 1000;
const jwt = (claims: object) => encoded({ aud: "sigstore", exp: SECONDS + 1, ...claims });
const options = { now: () => NOW };
const token = jwt({ sub: "repo:example/app:ref:refs/heads/main" });

let respond: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
const server = createServer((request, response) => {
  respond(request, response);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const github = () => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer",
});
const answerWith = (body: string, status = 200) => {
  respond = (_request, response) => response.writeHead(status).end(body);
};

/** What the promise is rejected with. */
async function failureOf(
  promise: () => Promise<unknown>,
): Promise<{ code: string; message: string; retryable: boolean }> {
  try {
    await promise();
  } catch (error) {
    return error as { code: string; message: string; retryable: boolean };
  }
  throw new Error("it was not rejected");
}

describe("identityTokenProvider", () => {
  it("throws SIGNER_UNAVAILABLE rather than send GitHub's secret in clear", async () => {
    const env = { ...github(), ACTIONS_ID_TOKEN_REQUEST_URL: "http://tokens.example/" };
    await expect(identityTokenProvider(env, options).getToken()).rejects.toMatchObject({
      code: "SIGNER_UNAVAILABLE",
      message: expect.stringContaining("https"),
    });
  });

  describe("when SIGSTORE_ID_TOKEN is set", () => {
    it.each([
      ["a subject", { sub: "someone" }],
      ["one of several audiences", { sub: "someone", aud: ["other", "sigstore"] }],
      ["a verified e-mail address", { sub: "1", email: "a@b.example", email_verified: true }],
    ])("returns a token with %s as it is, even where GitHub offers one", async (_name, claims) => {
      const env = { ...github(), SIGSTORE_ID_TOKEN: jwt(claims) };
      expect(await identityTokenProvider(env, options).getToken()).toBe(jwt(claims));
    });

    it.each([
      ["no JWT", "secret-token"],
      ["two parts", `${part({})}.${part({ sub: "x" })}`],
      ["four parts", `${token}.x`],
      ["claims that are not JSON", "e30.c2VjcmV0.e30"],
      ["claims that are a list", encoded(["x"])],
      ["neither subject nor address", jwt({})],
      ["an empty subject", jwt({ sub: "" })],
      ["a subject that is no text", jwt({ sub: 5 })],
      ["an address nobody verified", jwt({ sub: "x", email: "a@b.example" })],
      ["an address verified by a word", jwt({ sub: "x", email: "a@b.example", email_verified: "true" })],
      ["another audience", jwt({ sub: "x", aud: "secret" })],
      ["other audiences", jwt({ sub: "x", aud: ["secret", "sigstore2"] })],
      ["no audience", encoded({ sub: "x", exp: SECONDS + 1 })],
      ["a token that ends now", jwt({ sub: "x", exp: SECONDS })],
      ["a token without an end", encoded({ sub: "x", aud: "sigstore" })],
      ["an end that is text", jwt({ sub: "x", exp: String(SECONDS + 1) })],
    ])("throws SIGNER_UNAVAILABLE for %s, without repeating it", async (_name, text) => {
      const failure = await failureOf(() => identityTokenProvider({ SIGSTORE_ID_TOKEN: text }, options).getToken());
      expect(failure.code).toBe("SIGNER_UNAVAILABLE");
      expect(JSON.stringify([failure.message, (failure as { cause?: unknown }).cause ?? null])).not.toContain("secret");
    });
  });

  describe("when GitHub Actions offers a token", () => {
    it("asks for one for Sigstore, and leaves the URL's own parameters", async () => {
      const seen: unknown[] = [];
      respond = (request, response) => {
        seen.push(request.url, request.headers.authorization);
        response.end(JSON.stringify({ count: 1, value: token }));
      };
      expect(await identityTokenProvider(github(), options).getToken()).toBe(token);
      expect(seen).toEqual(["/token?api-version=2&audience=sigstore", "Bearer bearer"]);
    });

    it.each([
      ["an error", "{}", 403],
      ["no token", "{}", 200],
      ["no object", "[]", 200],
      ["no JSON", "<html>", 200],
      ["more than a token can be", JSON.stringify({ value: token, more: "x".repeat(64 * 1024) }), 200],
    ])("throws SIGNER_UNAVAILABLE when it answers %s", async (_name, body, status) => {
      answerWith(body, status);
      expect(await failureOf(() => identityTokenProvider(github(), options).getToken())).toMatchObject({
        code: "SIGNER_UNAVAILABLE",
        retryable: true,
      });
    });

    it("throws SIGNER_UNAVAILABLE when it sends the secret elsewhere, and does not follow", async () => {
      let requests = 0;
      respond = (_request, response) => {
        requests++;
        response.writeHead(302, { location: "/elsewhere" }).end();
      };
      expect((await failureOf(() => identityTokenProvider(github(), options).getToken())).code).toBe(
        "SIGNER_UNAVAILABLE",
      );
      expect(requests).toBe(1);
    });

    it("throws SIGNER_UNAVAILABLE when it does not answer in time", async () => {
      respond = () => undefined;
      const provider = identityTokenProvider(github(), { ...options, timeoutMs: 30 });
      expect((await failureOf(() => provider.getToken())).code).toBe("SIGNER_UNAVAILABLE");
    });

    it("throws SIGNER_UNAVAILABLE for a token that names nobody", async () => {
      answerWith(JSON.stringify({ value: jwt({}) }));
      expect(await failureOf(() => identityTokenProvider(github(), options).getToken())).toMatchObject({
        code: "SIGNER_UNAVAILABLE",
        retryable: false,
      });
    });
  });

  describe("when the environment offers nothing", () => {
    it.each([
      [{}, ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SIGSTORE_ID_TOKEN"]],
      [
        { ACTIONS_ID_TOKEN_REQUEST_URL: "https://x.example", SIGSTORE_ID_TOKEN: "" },
        ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
      ],
      [{ ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" }, ["ACTIONS_ID_TOKEN_REQUEST_URL"]],
    ])("throws SIGNER_UNAVAILABLE naming what is missing (%#)", async (env, names) => {
      const failure = await failureOf(() => Promise.resolve().then(() => identityTokenProvider(env, options)));
      expect(failure.code).toBe("SIGNER_UNAVAILABLE");
      for (const name of names) expect(failure.message).toContain(name);
    });
  });
});
