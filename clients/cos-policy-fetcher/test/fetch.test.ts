import { afterEach, describe, expect, it } from "@jest/globals";
import { digestOf, hexOf, MEDIA_TYPES, rawDigest } from "@policy-pack/pack";
import { fetchAttestation, fetchPack } from "../src/fetch.ts";
import { ATTESTATION_PATH, BUNDLE, BYTES, expectFailure, PACK_PATH, raw, serve, server, stopServer } from "./serve.ts";
import type { Failure, Served } from "./serve.ts";

afterEach(stopServer);

const DIGEST = digestOf(BYTES);
const OTHER_HEX = "0".repeat(64);
const BASE64 = Buffer.from(rawDigest(DIGEST)).toString("base64");
const REJECTED: Failure = { name: "TransportError", code: "FETCH_REJECTED", retryable: false };
const MISMATCH: Failure = { name: "VerificationError", code: "DIGEST_MISMATCH", retryable: false };
const LIMIT: Failure = { name: "FormatError", code: "LIMIT_EXCEEDED", retryable: false };

async function fetchFrom(served: Served, options?: Parameters<typeof fetchPack>[1]): Promise<unknown> {
  const { url } = await serve(server(served));
  return fetchPack(url + PACK_PATH, options);
}

describe("fetchPack", () => {
  describe("when the server answers well", () => {
    it("returns the bytes, their digest and the bundle of the attestation", async () => {
      const { url, requests } = await serve(server());
      expect(await fetchPack(url + PACK_PATH)).toMatchObject({ digest: DIGEST, bundle: BUNDLE });
      expect(requests.map((request) => `${request.method} ${request.url}`)).toEqual([
        `GET ${PACK_PATH}`,
        `GET ${ATTESTATION_PATH}`,
      ]);
    });

    it("returns the inline bundle without a second request", async () => {
      const { url, requests } = await serve(server({ pack: { "x-cosign-bundle": '{"inline":true}' } }));
      expect(await fetchPack(url + PACK_PATH)).toMatchObject({ bundle: '{"inline":true}' });
      expect(requests).toHaveLength(1);
    });

    it("asks for identity encoding and the exact media type", async () => {
      const { url, requests } = await serve(server());
      await fetchPack(url + PACK_PATH);
      expect(requests[0]?.headers).toMatchObject({ "accept-encoding": "identity", accept: MEDIA_TYPES.packTar });
      expect(requests[0]?.headers["cache-control"]).toBeUndefined();
    });

    it("keeps the query on both addresses", async () => {
      const { url, requests } = await serve(server());
      await fetchPack(`${url}${PACK_PATH}?token=a`);
      expect(requests.map((request) => request.url)).toEqual([`${PACK_PATH}?token=a`, `${ATTESTATION_PATH}?token=a`]);
    });

    it("takes a body without Content-Length, sent in many chunks", async () => {
      const big = Buffer.alloc(300_000, "policy");
      const { url } = await serve((request, response) => {
        if (request.url !== PACK_PATH) {
          server({ bytes: big })(request, response);
          return;
        }
        response.writeHead(200, { "content-type": MEDIA_TYPES.packTar, digest: `sha-256=${hexOf(digestOf(big))}` });
        for (let at = 0; at < big.length; at += 1000) response.write(big.subarray(at, at + 1000));
        response.end();
      });
      const { bytes } = await fetchPack(url + PACK_PATH);
      expect(Buffer.compare(bytes, big)).toBe(0);
    });

    it("takes an interim answer before the real one", async () => {
      const { url } = await serve((request, response) => {
        response.writeEarlyHints({ link: "</x>; rel=preload" });
        server()(request, response);
      });
      expect(await fetchPack(url + PACK_PATH)).toMatchObject({ digest: DIGEST });
    });

    it("takes a matching Repr-Digest among others", async () => {
      expect(await fetchFrom({ pack: { "repr-digest": `sha-512=:AAAA:, sha-256=:${BASE64}:` } })).toMatchObject({
        digest: DIGEST,
      });
    });
  });

  describe("when the pack's header fields do not hold", () => {
    const otherBase64 = Buffer.alloc(32).toString("base64");
    it.each<[string, Served, Failure]>([
      ["another digest", { pack: { digest: `sha-256=${OTHER_HEX}` } }, MISMATCH],
      ["no Digest", { pack: { digest: undefined } }, REJECTED],
      ["an upper-case Digest", { pack: { digest: `sha-256=${hexOf(DIGEST).toUpperCase()}` } }, REJECTED],
      ["a base64 Digest", { pack: { digest: `sha-256=${BASE64}` } }, REJECTED],
      ["a Digest of two algorithms", { pack: { digest: `md5=0, sha-256=${hexOf(DIGEST)}` } }, REJECTED],
      ["two Digest fields", { pack: { digest: [`sha-256=${hexOf(DIGEST)}`, `sha-256=${hexOf(DIGEST)}`] } }, REJECTED],
      ["another Repr-Digest", { pack: { "repr-digest": `sha-256=:${otherBase64}:` } }, MISMATCH],
      ["a malformed Repr-Digest", { pack: { "repr-digest": "sha-256=nonsense" } }, REJECTED],
      ["an unpadded Repr-Digest", { pack: { "repr-digest": `sha-256=:${BASE64.replace("=", "")}:` } }, REJECTED],
      ["two bundles", { pack: { "x-cosign-bundle": [BUNDLE, BUNDLE] } }, REJECTED],
      ["another media type", { pack: { "content-type": "application/x-tar" } }, REJECTED],
      ["a parameter on the media type", { pack: { "content-type": `${MEDIA_TYPES.packTar}; charset=x` } }, REJECTED],
      ["no media type", { pack: { "content-type": undefined } }, REJECTED],
      ["a gzip encoding", { pack: { "content-encoding": "gzip" } }, REJECTED],
    ])("throws on %s", async (_, served, failure) => {
      await expectFailure(fetchFrom(served), failure);
    });

    it("takes nothing from the attestation then", async () => {
      const { url, requests } = await serve(server({ pack: { digest: undefined } }));
      await expectFailure(fetchPack(url + PACK_PATH), REJECTED);
      expect(requests).toHaveLength(1);
    });
  });

  describe("when the attestation does not hold", () => {
    it.each<[string, Served, Failure]>([
      ["another media type", { attestation: { "content-type": "application/json" } }, REJECTED],
      ["a gzip encoding", { attestation: { "content-encoding": "gzip" } }, REJECTED],
      [
        "bytes that are not UTF-8",
        { bundle: Buffer.from([0xff, 0xfe]) },
        { name: "FormatError", code: "BUNDLE_INVALID" },
      ],
      ["503", { attestationStatus: 503 }, { name: "TransportError", code: "ATTESTATION_UNAVAILABLE", retryable: true }],
      ["404", { attestationStatus: 404 }, { name: "TransportError", code: "PACK_NOT_FOUND", retryable: false }],
    ])("throws on %s", async (_, served, failure) => {
      await expectFailure(fetchFrom(served), failure);
    });

    it("throws on a bundle over the cap", async () => {
      await expectFailure(fetchFrom({ bundle: "x".repeat(1001) }, { limits: { maxBundleBytes: 1000 } }), LIMIT);
    });

    it("throws on an inline bundle over the cap", async () => {
      const pack = { "x-cosign-bundle": "x".repeat(1001) };
      await expectFailure(fetchFrom({ pack }, { limits: { maxBundleBytes: 1000 } }), LIMIT);
    });
  });

  describe("when the caller's signal aborts", () => {
    it("rejects with its reason before asking", async () => {
      const { url, requests } = await serve(server());
      const reason = new Error("stop");
      await expect(fetchPack(url + PACK_PATH, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(requests).toHaveLength(0);
    });

    it("rejects with its reason while waiting", async () => {
      const controller = new AbortController();
      const reason = new Error("stop");
      const { url } = await serve(() => {
        controller.abort(reason);
      });
      await expect(fetchPack(url + PACK_PATH, { signal: controller.signal })).rejects.toBe(reason);
    });
  });

  describe("when the ETags of pack and attestation differ", () => {
    async function fetchFlapping(stale: number): Promise<[Promise<unknown>, () => (string | undefined)[]]> {
      let answered = 0;
      const { url, requests } = await serve((request, response) => {
        const isStale = request.url === ATTESTATION_PATH && answered++ < stale;
        server(isStale ? { attestation: { etag: 'W/"old"' } } : {})(request, response);
      });
      return [fetchPack(url + PACK_PATH), () => requests.map((request) => request.headers["cache-control"])];
    }

    it("fetches both once more past caches and returns what then agrees", async () => {
      const [fetched, cacheControls] = await fetchFlapping(1);
      expect(await fetched).toMatchObject({ digest: DIGEST, bundle: BUNDLE });
      expect(cacheControls()).toEqual([undefined, undefined, "no-cache", "no-cache"]);
    });

    it("throws when they still differ, and asks no third time", async () => {
      const [fetched, cacheControls] = await fetchFlapping(9);
      await expectFailure(fetched, MISMATCH);
      expect(cacheControls()).toHaveLength(4);
    });

    it.each([
      ["weak against strong", { attestation: { etag: `"sha-256:${hexOf(DIGEST)}"` } }],
      ["one missing", { attestation: { etag: undefined } }],
    ])("takes %s as no difference", async (_, served) => {
      expect(await fetchFrom(served)).toMatchObject({ digest: DIGEST });
    });
  });

  it("throws when nobody listens", async () => {
    const { url, close } = await serve(server());
    await close();
    const failure = { name: "TransportError", code: "FETCH_FAILED", retryable: false };
    await expectFailure(fetchPack(url + PACK_PATH), failure);
  });

  it("never repeats the query in a message", async () => {
    const { url } = await serve(raw("HTTP/1.1 500 No", "", ""));
    const error = await expectFailure(fetchPack(`${url}${PACK_PATH}?token=hunter2`), {
      name: "TransportError",
      code: "FETCH_STATUS",
    });
    expect(error.message).not.toContain("hunter2");
  });
});

describe("fetchAttestation", () => {
  it.each([PACK_PATH, ATTESTATION_PATH])("returns the bundle's text for %s", async (path) => {
    const { url, requests } = await serve(server());
    expect(await fetchAttestation(url + path)).toBe(BUNDLE);
    expect(requests.map((request) => request.url)).toEqual([ATTESTATION_PATH]);
  });

  it("throws when there is none", async () => {
    const { url } = await serve(server({ attestationStatus: 503 }));
    const failure = { name: "TransportError", code: "ATTESTATION_UNAVAILABLE", retryable: true };
    await expectFailure(fetchAttestation(url + PACK_PATH), failure);
  });
});
