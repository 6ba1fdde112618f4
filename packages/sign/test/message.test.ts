import { createHash, generateKeyPairSync, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { SIGN_LIMITS } from "../src/limits.ts";
import { signMessage, toMessage } from "../src/message.ts";
import type { Message } from "../src/message.ts";

const bytes = Buffer.from("some bytes in three pieces");
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest();
const pieces: Message = {
  digest: sha256(bytes),
  chunks: () => [bytes.subarray(0, 5), bytes.subarray(5, 5), bytes.subarray(5)],
};

describe("toMessage", () => {
  it("gives the SHA-256 and the bytes, again at each call", () => {
    const message = toMessage(bytes);
    expect(message.digest).toEqual(sha256(bytes));
    expect([...(message.chunks() as Iterable<Uint8Array>)]).toEqual([bytes]);
    expect([...(message.chunks() as Iterable<Uint8Array>)]).toEqual([bytes]);
  });
});

describe("signMessage", () => {
  const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
  const pairs: [string, { privateKey: KeyObject; publicKey: KeyObject }, string | null][] = [
    ["P-256", ec("P-256"), "sha256"],
    ["P-384", ec("P-384"), "sha256"],
    ["P-521", ec("P-521"), "sha256"],
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }), "sha256"],
    ["Ed25519", generateKeyPairSync("ed25519"), null],
  ];

  it.each(pairs)("signs the bytes of all pieces with %s", async (_kind, { privateKey, publicKey }, hash) => {
    expect(verify(hash, bytes, publicKey, await signMessage(pieces, privateKey))).toBe(true);
  });

  it.each(pairs)("signs pieces that come in one buffer with %s", async (_kind, { privateKey, publicKey }, hash) => {
    const buffer = Buffer.alloc(5);
    const reused: Message = {
      digest: sha256(bytes),
      *chunks() {
        for (let at = 0; at < bytes.length; at += buffer.length) {
          yield buffer.subarray(0, bytes.copy(buffer, 0, at));
        }
      },
    };
    expect(verify(hash, bytes, publicKey, await signMessage(reused, privateKey))).toBe(true);
  });

  it("reads no further than the cap with Ed25519, which needs all bytes at once", async () => {
    const piece = Buffer.alloc(SIGN_LIMITS.maxEd25519Bytes / 8);
    let read = 0;
    const endless: Message = {
      digest: Buffer.alloc(32),
      *chunks() {
        for (;;) {
          read += 1;
          yield piece;
        }
      },
    };
    const { privateKey } = generateKeyPairSync("ed25519");
    await expect(signMessage(endless, privateKey)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(read).toBe(9);
  });
});
