import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "../../src/keys/key-pair.ts";
import { openPrivateKey } from "../../src/keys/private-key.ts";
import { toMessage } from "../../src/message.ts";
import type { SignedContent } from "../../src/ports.ts";
import { rekorWitness } from "../../src/services/rekor.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const uuid = "ab".repeat(40);
const proof = { checkpoint: "note", hashes: ["01"], logIndex: 4, rootHash: "02", treeSize: 7 };
const entry = {
  body: base64('{"kind":"hashedrekord","apiVersion":"0.0.1"}'),
  integratedTime: 1_700_000_000,
  logID: "c0",
  logIndex: 9,
  verification: { signedEntryTimestamp: base64("SET"), inclusionProof: proof },
};
const bent = (change: object) => JSON.stringify({ [uuid]: { ...entry, ...change } });
const bentProof = (change: object) =>
  bent({ verification: { ...entry.verification, inclusionProof: { ...proof, ...change } } });

let answers: { status: number; body: string; location?: string }[] = [];
let requests: string[] = [];
let bodies: string[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece: string) => (body += piece));
  request.on("end", () => {
    requests.push(`${request.method} ${request.url}`);
    bodies.push(body);
    const { status, body: answer, location = "/elsewhere" } = answers.shift() ?? { status: 500, body: "{}" };
    response.writeHead(status, { location }).end(answer);
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
  bodies = [];
});

function testify(what = content) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return rekorWitness(url, 1, { timeoutMs: 2000, retries: 0 }).testify(what);
}

describe("rekorWitness of a v1 log", () => {
  it("sends a message's digest, and reads the entry", async () => {
    answers = [{ status: 201, body: bent({ attestation: {} }) }];
    expect((await testify()).logEntries).toMatchObject([
      {
        logIndex: "9",
        logId: { keyId: Buffer.from([0xc0]) },
        integratedTime: "1700000000",
        kindVersion: { kind: "hashedrekord", version: "0.0.1" },
        inclusionProof: { logIndex: "4", treeSize: "7", hashes: [Buffer.from([1])] },
      },
    ]);
    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({
      kind: "hashedrekord",
      spec: { data: { hash: { algorithm: "sha256", value: Buffer.from(content.digest).toString("hex") } } },
    });
  });

  it("sends an envelope whole", async () => {
    answers = [{ status: 201, body: bent({}) }];
    await testify({ ...content, envelope: { payloadType: "text/plain", payload: Buffer.from("hi") } });
    const { kind, spec } = JSON.parse(bodies[0] ?? "") as {
      kind: string;
      spec: { proposedContent: { envelope: string } };
    };
    expect([kind, JSON.parse(spec.proposedContent.envelope)]).toMatchObject([
      "dsse",
      { payloadType: "text/plain", payload: base64("hi"), signatures: [{ keyid: "" }] },
    ]);
  });

  it("asks for the entry that the log has already", async () => {
    const location = `/api/v1/log/entries/${uuid}`;
    answers = [
      { status: 409, body: "{}", location },
      { status: 200, body: bent({}) },
    ];
    expect((await testify()).logEntries).toHaveLength(1);
    expect(requests).toEqual(["POST /api/v1/log/entries", `GET ${location}`]);
  });

  it.each([
    ["is down", 503, "{}", true],
    ["sends elsewhere", 307, "", false],
    ["has an entry already whose name is none", 409, "{}", false],
    ["answers no JSON", 200, "<html>", true],
    ["answers more than an entry", 200, " ".repeat(1024 * 1024 + 1), true],
    ["answers a field twice", 200, '{"a":{},"a":{}}', true],
    ["answers a list", 200, "[]", true],
    ["answers nothing", 200, "{}", true],
    ["answers two entries", 200, JSON.stringify({ a: entry, b: entry }), true],
    ["answers without a body", 200, bent({ body: "" }), true],
    ["answers a body that is no JSON", 200, bent({ body: base64("x") }), true],
    ["answers an index that is text", 200, bent({ logIndex: "9" }), true],
    ["answers a time before 1970", 200, bent({ integratedTime: -1 }), true],
    ["answers a log's id that is no hex", 200, bent({ logID: "zz" }), true],
    ["answers without a proof", 200, bent({ verification: { signedEntryTimestamp: base64("SET") } }), true],
    ["answers without a promise", 200, bent({ verification: { inclusionProof: proof } }), true],
    ["answers hashes that are no list", 200, bentProof({ hashes: "01" }), true],
    ["answers half a byte as hash", 200, bentProof({ hashes: ["1"] }), true],
    ["answers without a checkpoint", 200, bentProof({ checkpoint: undefined }), true],
  ])("throws SIGNING_FAILED when the log %s", async (_name, status, body, retryable) => {
    answers = [{ status, body }];
    await expect(testify()).rejects.toMatchObject({ code: "SIGNING_FAILED", retryable });
    expect(requests).toHaveLength(1);
  });
});
