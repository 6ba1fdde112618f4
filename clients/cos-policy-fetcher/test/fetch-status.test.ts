import { afterEach, describe, expect, it } from "@jest/globals";
import { MEDIA_TYPES } from "@policy-pack/pack";
import { fetchPack } from "../src/fetch.ts";
import { BYTES, expectFailure, PACK_PATH, packHeaders, send, serve, stopServer } from "./serve.ts";

afterEach(stopServer);

describe("fetchPack", () => {
  describe("when the status is not 200", () => {
    it.each<[number, string, boolean]>([
      [204, "FETCH_STATUS", false],
      [206, "FETCH_STATUS", false],
      [304, "FETCH_STATUS", false],
      [403, "FETCH_STATUS", false],
      [404, "PACK_NOT_FOUND", false],
      [429, "FETCH_STATUS", true],
      [500, "FETCH_STATUS", true],
      [502, "FETCH_STATUS", true],
      [503, "FETCH_STATUS", true],
    ])("throws on %d", async (status, code, retryable) => {
      const { url } = await serve((_, response) => {
        send(response, packHeaders(BYTES, { "content-length": undefined }), "", status);
      });
      await expectFailure(fetchPack(url + PACK_PATH), { name: "TransportError", code, retryable });
    });

    it("throws PACK_NOT_BUILT on a 503 that says so", async () => {
      const { url } = await serve((_, response) => {
        send(response, { "content-type": MEDIA_TYPES.problem }, '{"code":"PACK_NOT_BUILT"}', 503);
      });
      const failure = { name: "TransportError", code: "PACK_NOT_BUILT", retryable: true };
      await expectFailure(fetchPack(url + PACK_PATH), failure);
    });

    it("throws FETCH_STATUS on a 503 whose problem never ends", async () => {
      const { url } = await serve((_, response) => {
        response.writeHead(503);
        response.write("x".repeat(100_000));
      });
      await expectFailure(fetchPack(url + PACK_PATH), {
        name: "TransportError",
        code: "FETCH_STATUS",
        retryable: true,
      });
    });

    it("does not follow a redirect", async () => {
      const { url, requests } = await serve((_, response) => {
        send(response, { location: "/elsewhere" }, "", 302);
      });
      const failure = { name: "TransportError", code: "FETCH_STATUS", retryable: false };
      await expectFailure(fetchPack(url + PACK_PATH), failure);
      expect(requests).toHaveLength(1);
    });
  });
});
