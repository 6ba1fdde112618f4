import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ConfigError } from "@policy-pack/pack";
import { keylessSigning } from "../src/keyless.ts";
import { toMessage } from "../src/message.ts";
import type { SignedContent } from "../src/ports.ts";

const identityProvider = { getToken: () => Promise.resolve("e30.eyJzdWIiOiJ4In0.e30") };
const spki = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" });
const content: SignedContent = {
  digest: Buffer.alloc(32),
  signature: Buffer.from("signature"),
  key: { kind: "publicKey", spki, hint: "" },
};

let answer = { status: 500, body: "{}" };
let requests = 0;
const server = createServer((_request, response) => {
  requests++;
  response.writeHead(answer.status, { "content-type": "application/json", location: "/elsewhere" }).end(answer.body);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = 0;
});

function parties(provider = identityProvider) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return keylessSigning({ identityProvider: provider, fulcioUrl: url, rekorUrl: url, tsaUrl: `${url}/ts`, retries: 0 });
}

describe("keylessSigning", () => {
  it.each([
    ["is down", 500, "{}", true],
    ["is busy", 429, "{}", true],
    ["refuses", 400, '{"message":"no"}', false],
    ["answers without a certificate", 200, '{"signedCertificateEmbeddedSct":{"chain":{"certificates":[]}}}', true],
    [
      "answers with junk for a certificate",
      200,
      '{"signedCertificateEmbeddedSct":{"chain":{"certificates":["x"]}}}',
      true,
    ],
    ["sends the token elsewhere", 307, "", false],
    ["answers more than any certificate", 200, " ".repeat(1024 * 1024 + 1), true],
    ["answers something else", 200, "[]", true],
    ["answers no JSON", 200, "<html>", true],
  ])("throws SIGNING_FAILED when Fulcio %s", async (_name, status, body, retryable) => {
    answer = { status, body };
    await expect(parties().signer.sign(toMessage(Buffer.from("x")))).rejects.toMatchObject({
      code: "SIGNING_FAILED",
      retryable,
    });
    expect(requests).toBe(1);
  });

  it("does not repeat a token that Fulcio repeats", async () => {
    const token = "e30.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
    answer = { status: 400, body: `{"message":"not this one: ${token}"}` };
    const provider = { getToken: () => Promise.resolve(token) };
    await expect(parties(provider).signer.sign(toMessage(Buffer.from("x")))).rejects.toMatchObject({
      message: expect.not.stringContaining("c2lnbmF0dXJl"),
      cause: expect.objectContaining({ message: "it answered 400" }),
    });
  });

  it("throws SIGNING_FAILED when a timestamp authority answers more than any timestamp", async () => {
    answer = { status: 200, body: " ".repeat(1024 * 1024 + 1) };
    await expect(parties().witnesses[1]?.testify(content)).rejects.toMatchObject({ code: "SIGNING_FAILED" });
  });

  it.each([0, 1])("throws SIGNING_FAILED when witness %p is down", async (index) => {
    answer = { status: 503, body: "{}" };
    await expect(parties().witnesses[index]?.testify(content)).rejects.toMatchObject({ code: "SIGNING_FAILED" });
  });

  it("throws what the identity provider throws, as it is", async () => {
    const missing = new ConfigError("SIGNER_UNAVAILABLE", "no token", { cause: new Error("the network") });
    const failing = { getToken: () => Promise.reject(missing) };
    await expect(parties(failing).signer.sign(toMessage(Buffer.from("x")))).rejects.toBe(missing);
    expect(requests).toBe(0);
  });

  it.each(["secret", "e30.secret.e30", "e30.e30.secret"])(
    "throws SIGNER_UNAVAILABLE for the token %s of a provider that checks nothing, without repeating it",
    async (token) => {
      const signing = parties({ getToken: () => Promise.resolve(token) }).signer.sign(toMessage(Buffer.from("x")));
      await expect(signing).rejects.toMatchObject({
        code: "SIGNER_UNAVAILABLE",
        message: expect.not.stringContaining("secret"),
      });
      await expect(signing).rejects.not.toHaveProperty("cause");
      expect(requests).toBe(0);
    },
  );
});
