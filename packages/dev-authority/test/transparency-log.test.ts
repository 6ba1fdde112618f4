import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { SignedContent } from "@policy-pack/sign";
import {
  openCheckpoint,
  signCheckpoint,
  toEntryBody,
  toLogEntry,
  toRekorV1,
  toRekorV2,
} from "../src/transparency-log.ts";
import { codeOf } from "./support/folder.ts";

const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed25519 = generateKeyPairSync("ed25519");
const v1 = toRekorV1("rekor.example", p256.privateKey, p256.publicKey);
const v2 = toRekorV2("rekor2.example", ed25519.privateKey, ed25519.publicKey);
const spki = p256.publicKey.export({ format: "der", type: "spki" });
const root = createHash("sha256").update("root").digest();
const now = new Date("2026-11-20T07:08:09.987Z");

const content: SignedContent = {
  digest: Buffer.alloc(32, 1),
  signature: Buffer.from("signature"),
  key: { kind: "publicKey", spki, hint: "hint" },
};
const envelope = { payloadType: "application/vnd.in-toto+json", payload: Buffer.from("{}") };
const bodyOf = (signed: SignedContent, version: 1 | 2) =>
  JSON.parse(Buffer.from(toEntryBody(signed, version).bytes).toString()) as unknown;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("toRekorV1", () => {
  it("is named by its key's hash, with a tree number in its origin", () => {
    expect(Buffer.from(v1.id)).toEqual(createHash("sha256").update(spki).digest());
    expect(v1.origin).toMatch(/^rekor\.example - [0-9]+$/);
  });
});

describe("toRekorV2", () => {
  it("is named by the hash of origin, algorithm and raw key", () => {
    const raw = Buffer.from(ed25519.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
    const named = Buffer.concat([Buffer.from("rekor2.example\n"), Buffer.from([1]), raw]);
    expect(Buffer.from(v2.id)).toEqual(createHash("sha256").update(named).digest());
    expect(v2.origin).toBe("rekor2.example");
  });
});

describe("toEntryBody", () => {
  const pem = base64(Buffer.from(p256.publicKey.export({ format: "pem", type: "spki" }).toString()));

  it("for a v1 log is a hashedrekord 0.0.1 with the key in PEM", () => {
    expect(bodyOf(content, 1)).toEqual({
      apiVersion: "0.0.1",
      kind: "hashedrekord",
      spec: {
        data: { hash: { algorithm: "sha256", value: "01".repeat(32) } },
        signature: { content: base64(content.signature), publicKey: { content: pem } },
      },
    });
  });

  it("for an envelope in a v1 log is a dsse 0.0.1", () => {
    expect(bodyOf({ ...content, envelope }, 1)).toMatchObject({
      apiVersion: "0.0.1",
      kind: "dsse",
      spec: {
        payloadHash: { algorithm: "sha256", value: sha256(envelope.payload) },
        signatures: [{ signature: base64(content.signature), verifier: pem }],
      },
    });
  });

  it.each([
    ["an artifact", content],
    ["an envelope", { ...content, envelope }],
  ])("for %s in a v2 log is a hashedrekord 0.0.2 over what was signed", (_name, signed) => {
    expect(bodyOf(signed, 2)).toEqual({
      apiVersion: "0.0.2",
      kind: "hashedrekord",
      spec: {
        hashedRekordV002: {
          data: { algorithm: "SHA2_256", digest: base64(content.digest) },
          signature: {
            content: base64(content.signature),
            verifier: { keyDetails: "PKIX_ECDSA_P256_SHA_256", publicKey: { rawBytes: base64(spki) } },
          },
        },
      },
    });
  });

  it("throws rather than call another key a P-256 key", async () => {
    const key = {
      kind: "publicKey",
      spki: ed25519.publicKey.export({ format: "der", type: "spki" }),
      hint: "",
    } as const;
    expect(await codeOf(() => toEntryBody({ ...content, key }, 2))).toBe("INPUT_INVALID");
  });

  it.each([1, 2] as const)("has its keys in order, as verifiers print them again (v%p)", (version) => {
    const sorted = (value: unknown): unknown =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => [key, sorted(inner)]),
          );
    for (const signed of [content, { ...content, envelope }]) {
      const text = Buffer.from(toEntryBody(signed, version).bytes).toString();
      expect(JSON.stringify(sorted(JSON.parse(text)))).toBe(text);
    }
  });
});

describe("toLogEntry", () => {
  const inclusion = { index: 7, treeSize: 8, root, path: [root] };

  it("of a v1 log promises the entry at a second", () => {
    const body = toEntryBody(content, 1);
    const entry = toLogEntry(v1, body, inclusion, now);
    const promised = `{"body":"${base64(body.bytes)}","integratedTime":1795158489,"logID":"${Buffer.from(v1.id).toString("hex")}","logIndex":7}`;
    const set = entry.inclusionPromise?.signedEntryTimestamp ?? Buffer.alloc(0);
    expect(verify("sha256", Buffer.from(promised), p256.publicKey, set)).toBe(true);
    expect(entry).toMatchObject({ logIndex: "7", integratedTime: "1795158489", inclusionProof: { treeSize: "8" } });
  });

  it("of a v2 log has neither promise nor time", () => {
    const entry = toLogEntry(v2, toEntryBody(content, 2), inclusion, now);
    expect(entry.inclusionPromise).toBeUndefined();
    expect(entry.integratedTime).toBe("0");
  });
});

describe("signCheckpoint", () => {
  it.each([
    ["v1", v1, p256.publicKey, "sha256"],
    ["v2", v2, ed25519.publicKey, null],
  ] as const)("of a %s log is a note signed under its host and the start of its id", (_name, log, key, algorithm) => {
    const [note = "", signatures = ""] = signCheckpoint(log, { size: 3, root }).split("\n\n");
    expect(note).toBe(`${log.origin}\n3\n${base64(root)}`);
    const [, name, signature = ""] = /^— (\S+) (\S+)\n$/.exec(signatures) ?? [];
    const bytes = Buffer.from(signature, "base64");
    expect(name).toBe(log.host);
    expect(bytes.subarray(0, 4)).toEqual(Buffer.from(log.id.subarray(0, 4)));
    expect(verify(algorithm, Buffer.from(`${note}\n`), key, bytes.subarray(4))).toBe(true);
  });
});

describe("openCheckpoint", () => {
  it.each([
    ["v1", v1],
    ["v2", v2],
  ])("reads what a %s log signed", (_name, log) => {
    expect(openCheckpoint(log, signCheckpoint(log, { size: 12, root }))).toEqual({ size: 12, root });
  });

  it("returns undefined for a head that the log did not sign", () => {
    const text = signCheckpoint(v2, { size: 12, root });
    for (const altered of [
      "",
      text.replace("\n12\n", "\n11\n"),
      text.replace("\n12\n", "\n012\n"),
      `${text}x`,
      text.slice(0, -5),
    ]) {
      expect(openCheckpoint(v2, altered)).toBeUndefined();
    }
    expect(openCheckpoint(v1, text)).toBeUndefined();
  });
});
