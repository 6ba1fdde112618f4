import { afterEach, describe, it } from "@jest/globals";
import { digestOf, hexOf, MEDIA_TYPES } from "@policy-pack/pack";
import { fetchPack } from "../src/fetch.ts";
import { BYTES, expectFailure, PACK_PATH, packHeaders, raw, serve, stopServer } from "./serve.ts";
import type { Failure } from "./serve.ts";

afterEach(stopServer);

const DIGEST = digestOf(BYTES);
const REJECTED: Failure = { name: "TransportError", code: "FETCH_REJECTED", retryable: false };
const MISMATCH: Failure = { name: "VerificationError", code: "DIGEST_MISMATCH", retryable: false };
const LIMIT: Failure = { name: "FormatError", code: "LIMIT_EXCEEDED", retryable: false };
const TIMEOUT: Failure = { name: "TransportError", code: "FETCH_TIMEOUT", retryable: true };

describe("fetchPack", () => {
  describe("when the body does not hold", () => {
    const head = [
      "HTTP/1.1 200 OK",
      `Content-Type: ${MEDIA_TYPES.packTar}`,
      `Digest: sha-256=${hexOf(DIGEST)}`,
    ] as const;
    const reset: Failure = { name: "TransportError", code: "FETCH_FAILED", retryable: true };
    const broken: Failure = { name: "TransportError", code: "FETCH_FAILED", retryable: false };

    it.each<[string, readonly string[], Failure]>([
      ["fewer bytes than announced", [...head, "Content-Length: 400", "", BYTES.toString()], reset],
      ["more bytes than announced", [...head, "Content-Length: 5", "", BYTES.toString()], MISMATCH],
      ["a broken chunk", [...head, "Transfer-Encoding: chunked", "", "zz", "x"], broken],
      ["chunks that break off", [...head, "Transfer-Encoding: chunked", "", "28", "not a"], reset],
      ["two lengths", [...head, "Content-Length: 5", "Content-Length: 6", "", "12345"], reset],
      ["a length with a sign", [...head, "Content-Length: +5", "", "12345"], broken],
      [
        "both ways of framing",
        [...head, "Content-Length: 5", "Transfer-Encoding: chunked", "", "5", "12345", "0", "", ""],
        reset,
      ],
      ["another protocol", ["SSH-2.0-OpenSSH", ""], broken],
      ["nothing at all", [""], reset],
      ["oversized header fields", [...head, `X-Large: ${"x".repeat(40_000)}`, "", ""], LIMIT],
    ])("throws on %s", async (_, lines, failure) => {
      const { url } = await serve(raw(...lines));
      await expectFailure(fetchPack(url + PACK_PATH), failure);
    });

    it("throws before reading when the announced length is over the cap", async () => {
      const { url } = await serve((_, response) => {
        response.writeHead(200, packHeaders(BYTES, { "content-length": 1001 }) as Record<string, string>);
        response.flushHeaders();
      });
      await expectFailure(fetchPack(url + PACK_PATH, { limits: { maxPackBytes: 1000 } }), LIMIT);
    });

    it.each<[string, number, string, Failure]>([
      ["at the cap", 200, MEDIA_TYPES.packTar, LIMIT],
      ["of another media type", 200, "text/plain", REJECTED],
      ["of an error", 500, MEDIA_TYPES.packTar, { name: "TransportError", code: "FETCH_STATUS" }],
    ])("cuts the connection of an endless body %s", async (_, status, type, failure) => {
      let closed: Promise<unknown> = Promise.resolve();
      const { url } = await serve((request, response) => {
        closed = new Promise((resolve) => request.socket.on("close", resolve));
        response.writeHead(status, { "content-type": type, digest: `sha-256=${hexOf(DIGEST)}` });
        const pour = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        };
        response.on("drain", pour);
        pour();
      });
      await expectFailure(fetchPack(url + PACK_PATH, { limits: { maxPackBytes: 1_000_000 } }), failure);
      await closed;
    });
  });

  describe("when the server is slow", () => {
    it("throws on silence before the answer", async () => {
      const { url } = await serve(() => undefined);
      await expectFailure(fetchPack(url + PACK_PATH, { timeoutMs: 5000, idleTimeoutMs: 50 }), TIMEOUT);
    });

    it("throws on silence within the body", async () => {
      const { url } = await serve((_, response) => {
        response.writeHead(200, packHeaders(BYTES) as Record<string, string>);
        response.write(BYTES.subarray(0, 5));
      });
      await expectFailure(fetchPack(url + PACK_PATH, { timeoutMs: 5000, idleTimeoutMs: 50 }), TIMEOUT);
    });

    it("throws on a drip that would never end, though it is never silent", async () => {
      const { url } = await serve((_, response) => {
        response.writeHead(200, { "content-type": MEDIA_TYPES.packTar, digest: `sha-256=${hexOf(DIGEST)}` });
        const drip = setInterval(() => response.write("x"), 10);
        response.on("close", () => {
          clearInterval(drip);
        });
      });
      await expectFailure(fetchPack(url + PACK_PATH, { timeoutMs: 150, idleTimeoutMs: 100 }), TIMEOUT);
    });
  });
});
