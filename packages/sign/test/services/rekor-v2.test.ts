import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "../../src/keys/key-pair.ts";
import { openPrivateKey } from "../../src/keys/private-key.ts";
import { toMessage } from "../../src/message.ts";
import type { SignedContent } from "../../src/ports.ts";
import { rekorWitness } from "../../src/services/rekor.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const proof = { rootHash: base64("root"), treeSize: "1", hashes: [base64("hash")], checkpoint: { envelope: "note" } };
const entry = {
  logId: { keyId: base64("log") },
  kindVersion: { kind: "hashedrekord", version: "0.0.2" },
  inclusionProof: proof,
  canonicalizedBody: base64("{}"),
};

let answers: { status: number; body: string }[] = [];
let requests: { url: string | undefined; body: string }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece: string) => (body += piece));
  request.on("end", () => {
    requests.push({ url: request.url, body });
    const { status, body: answer } = answers.shift() ?? { status: 500, body: "{}" };
    response.writeHead(status, { location: "/elsewhere" }).end(answer);
  });
});
let content: SignedContent;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { privateKey } = await generateKeyPair({ kind: "P-256", password: "", format: "pkcs8" });
  const message = toMessage(Buffer.from("x"));
  content = { ...(await (await openPrivateKey(privateKey)).sign(message)), digest: message.digest };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
});

function testify(retries = 0) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return rekorWitness(url, 2, { timeoutMs: 2000, retries }).testify(content);
}

describe("rekorWitness of a v2 log, for a bare key", () => {
  it("sends the key as what it is, and reads the entry", async () => {
    answers = [{ status: 201, body: JSON.stringify(entry) }];
    const { logEntries } = await testify();
    expect(logEntries).toMatchObject([
      {
        logIndex: "0",
        integratedTime: "0",
        kindVersion: entry.kindVersion,
        inclusionProof: { logIndex: "0", treeSize: "1", hashes: [Buffer.from("hash")] },
      },
    ]);
    expect(requests[0]?.url).toBe("/api/v2/log/entries");
    const spki = content.key.kind === "publicKey" ? Buffer.from(content.key.spki).toString("base64") : "";
    expect(JSON.parse(requests[0]?.body ?? "")).toMatchObject({
      hashedRekordRequestV002: {
        digest: Buffer.from(content.digest).toString("base64"),
        signature: { verifier: { keyDetails: "PKIX_ECDSA_P256_SHA_256", publicKey: { rawBytes: spki } } },
      },
    });
  });

  it("tries again what passes by itself, and says what a refusal said", async () => {
    answers = [
      { status: 503, body: "{}" },
      { status: 201, body: JSON.stringify(entry) },
    ];
    await testify(1);
    answers = [{ status: 400, body: '{"code":3,"message":"not this key"}' }];
    await expect(testify(1)).rejects.toMatchObject({
      code: "SIGNING_FAILED",
      retryable: false,
      message: expect.stringContaining("not this key"),
    });
    expect(requests).toHaveLength(3);
  });

  const bent = (change: object) => JSON.stringify({ ...entry, ...change });
  const bentProof = (change: object) => bent({ inclusionProof: { ...proof, ...change } });
  it.each([
    ["is down", 503, "{}", true],
    ["sends elsewhere", 302, "", false],
    ["answers no JSON", 200, "<html>", true],
    ["answers more than an entry", 200, " ".repeat(1024 * 1024 + 1), true],
    ["answers a field twice", 200, '{"logId":{},"logId":{}}', true],
    ["answers a list", 200, "[]", true],
    ["answers an unknown field", 200, bent({ more: 1 }), true],
    ["answers without a proof", 200, bent({ inclusionProof: undefined }), true],
    ["answers without a checkpoint", 200, bentProof({ checkpoint: undefined }), true],
    ["answers an index that is no number", 200, bent({ logIndex: "0x1" }), true],
    ["answers a size that is a number", 200, bentProof({ treeSize: 1 }), true],
    ["answers hashes that are no list", 200, bentProof({ hashes: "x" }), true],
    ["answers a hash that is no base64", 200, bentProof({ hashes: ["!"] }), true],
    ["answers without a body", 200, bent({ canonicalizedBody: "" }), true],
  ])("throws SIGNING_FAILED when the log %s", async (_name, status, body, retryable) => {
    answers = [{ status, body }];
    await expect(testify()).rejects.toMatchObject({ code: "SIGNING_FAILED", retryable });
    expect(requests).toHaveLength(1);
  });
});
