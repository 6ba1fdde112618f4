import { createHash, createPublicKey, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { keylessSigning, signBlob, signStatement } from "@policy-pack/sign";
import { openDevAuthority } from "../src/authority.ts";
import { integer, octetString, oid, sequence } from "../src/der.ts";
import { startAuthorityServer } from "../src/http-front.ts";
import { withLock } from "../src/lock.ts";
import { codeOf, createFolderForTests } from "./support/folder.ts";

const folder = join(createFolderForTests(), "authority");
const authority = await openDevAuthority(folder, { lockWaitMs: 0 });
const server = await startAuthorityServer(authority);
afterAll(() => server.close());

const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  };
};

function certificateRequest(token: string, proofOver = authority.identity, keys = p256): object {
  return {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: keys.publicKey.export({ format: "pem", type: "spki" }) },
      proofOfPossession: sign("sha256", Buffer.from(proofOver), keys.privateKey).toString("base64"),
    },
  };
}

function hashedRekord(data: string): object {
  const pem = p256.publicKey.export({ format: "pem", type: "spki" }).toString();
  return {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value: createHash("sha256").update(data).digest("hex") } },
      signature: {
        content: sign("sha256", Buffer.from(data), p256.privateKey).toString("base64"),
        publicKey: { content: Buffer.from(pem).toString("base64") },
      },
    },
  };
}

describe("POST /api/v2/signingCert", () => {
  it("answers 200 with the chain, leaf first, to whoever has a token and the key", async () => {
    const { status, json } = await post("/api/v2/signingCert", certificateRequest(authority.identityToken()));
    expect(status).toBe(200);
    const { certificates } = (json["signedCertificateEmbeddedSct"] as { chain: { certificates: string[] } }).chain;
    expect(certificates).toHaveLength(3);
    const leaf = new X509Certificate(certificates[0] ?? "");
    expect(leaf.publicKey.equals(createPublicKey(p256.privateKey))).toBe(true);
    expect(leaf.subjectAltName).toBe(`email:${authority.identity}`);
  });

  it("takes the token from the header, as cosign sends it", async () => {
    const headers = { authorization: `Bearer ${authority.identityToken()}` };
    expect(
      (await post("/api/v2/signingCert", { ...certificateRequest(""), credentials: undefined }, headers)).status,
    ).toBe(200);
  });

  it.each([
    ["no token", certificateRequest(""), 401],
    ["no credentials", {}, 401],
    ["a body that is no object", [], 401],
    ["a proof over another name", certificateRequest(authority.identityToken(), "someone@else.example"), 400],
    [
      "a P-384 key",
      certificateRequest(
        authority.identityToken(),
        authority.identity,
        generateKeyPairSync("ec", { namedCurve: "P-384" }),
      ),
      400,
    ],
    ["an identity that is none", certificateRequest(authority.identityToken({ identity: "nobody" }), "nobody"), 400],
  ])("refuses %s", async (_name, body, expected) => {
    const { status, json } = await post("/api/v2/signingCert", body);
    expect(status).toBe(expected);
    expect(json).toMatchObject({ code: expected });
  });
});

describe("POST /api/v1/log/entries", () => {
  it("answers 201, the entry under its UUID, which Location and ETag say too", async () => {
    const { status, headers, json } = await post("/api/v1/log/entries", hashedRekord("a"));
    const [uuid = ""] = Object.keys(json);
    expect(status).toBe(201);
    expect(uuid).toMatch(/^[0-9a-f]{80}$/);
    expect(headers.get("location")).toBe(`/api/v1/log/entries/${uuid}`);
    expect(headers.get("etag")).toBe(uuid);
  });

  it("answers 400 to what it cannot take", async () => {
    expect((await post("/api/v1/log/entries", {})).status).toBe(400);
  });

  it("answers 503 while someone else holds the log", async () => {
    const { status } = await withLock(join(folder, "lock"), () => post("/api/v1/log/entries", hashedRekord("b")));
    expect(status).toBe(503);
  });
});

describe("POST /api/v1/timestamp", () => {
  it("answers DER to DER and to JSON", async () => {
    const hash = Buffer.alloc(32, 5);
    const der = sequence(integer(1), sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), octetString(hash)));
    const json = JSON.stringify({ artifactHash: hash.toString("base64"), hashAlgorithm: "sha256" });
    for (const [type, body] of [
      ["application/timestamp-query", der],
      ["application/json", json],
    ] as const) {
      const options = { method: "POST", body, headers: { "content-type": type } };
      const response = await fetch(`${server.url}/api/v1/timestamp`, options);
      expect(response.status).toBe(201);
      expect(response.headers.get("content-type")).toBe("application/timestamp-reply");
      expect(Buffer.from(await response.arrayBuffer()).includes(hash)).toBe(true);
    }
  });
});

describe("any request", () => {
  it("for another path is 404, by another method 405", async () => {
    expect((await post("/api/v1/toString", {})).status).toBe(404);
    const response = await fetch(`${server.url}/api/v1/timestamp`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("that never stops is 413 and cut off", async () => {
    const status = await new Promise((resolve) => {
      const request = httpRequest(`${server.url}/api/v1/timestamp`, { method: "POST" }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on("error", () => undefined);
      const more = () => {
        while (!request.destroyed && request.write(Buffer.alloc(64 * 1024)));
      };
      request.on("drain", more);
      more();
    });
    expect(status).toBe(413);
  });
});

describe("Sigstore's own clients", () => {
  it.each([1, 2] as const)(
    "sign a blob and a statement against the front, with a version %p log",
    async (rekorVersion) => {
      const parties = keylessSigning({
        identityProvider: { getToken: () => Promise.resolve(authority.identityToken()) },
        fulcioUrl: server.url,
        rekorUrl: server.url,
        rekorVersion,
        tsaUrl: `${server.url}/api/v1/timestamp`,
      });
      const blob = JSON.parse(await signBlob(Buffer.from("x"), parties)) as object;
      const statement = JSON.parse(await signStatement(Buffer.from("{}"), parties)) as object;
      const [v1, v2] = [
        { kind: "hashedrekord", version: "0.0.1" },
        { kind: "hashedrekord", version: "0.0.2" },
      ];
      const logged = (kindVersion: object) => ({ verificationMaterial: { tlogEntries: [{ kindVersion }] } });
      expect(blob).toMatchObject(logged(rekorVersion === 1 ? v1 : v2));
      expect(statement).toMatchObject(logged(rekorVersion === 1 ? { kind: "dsse", version: "0.0.1" } : v2));
    },
  );

  it("are told why they get no certificate", async () => {
    const parties = keylessSigning({
      identityProvider: { getToken: () => Promise.resolve("e30.eyJzdWIiOiJ4In0.e30") },
      fulcioUrl: server.url,
      retries: 0,
    });
    expect(await codeOf(() => signBlob(Buffer.from("x"), parties))).toBe("SIGNING_FAILED");
  });
});

describe("startAuthorityServer", () => {
  it("throws CONFIG_INVALID for an address that is taken", async () => {
    const port = Number(new URL(server.url).port);
    expect(await codeOf(() => startAuthorityServer(authority, { port }))).toBe("CONFIG_INVALID");
  });

  it("names itself in its signing config", () => {
    const config = JSON.parse(server.signingConfig(2)) as Record<string, unknown>;
    expect(config["rekorTlogUrls"]).toMatchObject([{ url: server.url, majorApiVersion: 2 }]);
    expect(config["tsaUrls"]).toMatchObject([{ url: `${server.url}/api/v1/timestamp` }]);
  });
});
