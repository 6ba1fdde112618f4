import { afterEach, describe, expect, it } from "@jest/globals";
import { digestOf, hexOf, MEDIA_TYPES } from "@policy-pack/pack";
import { Dispatcher, MockAgent } from "undici";
import { fetchPack } from "../src/fetch.ts";
import { BUNDLE, BYTES, expectFailure, PACK_PATH } from "./serve.ts";

const ORIGIN = "http://packs.localhost";

/** Answers one request for the pack without any network. */
function mock(changed: Record<string, string>): MockAgent {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const headers = {
    "content-type": MEDIA_TYPES.packTar,
    digest: `sha-256=${hexOf(digestOf(BYTES))}`,
    "x-cosign-bundle": BUNDLE,
    ...changed,
  };
  agent.get(ORIGIN).intercept({ path: PACK_PATH }).reply(200, BYTES, { headers });
  return agent;
}

/** Takes every request and never answers, as a host does that drops packets. */
class SilentDispatcher extends Dispatcher {
  override dispatch(): boolean {
    return true;
  }
}

describe("get", () => {
  describe("when a dispatcher is injected", () => {
    it("asks through it alone", async () => {
      const dispatcher = mock({ "content-length": String(BYTES.length) });
      expect(await fetchPack(ORIGIN + PACK_PATH, { dispatcher })).toMatchObject({ bundle: BUNDLE });
    });

    it.each([BYTES.length - 1, BYTES.length + 1])("throws when %d bytes were announced", async (length) => {
      const dispatcher = mock({ "content-length": String(length) });
      const failure = { name: "TransportError", code: "FETCH_FAILED", retryable: true };
      await expectFailure(fetchPack(ORIGIN + PACK_PATH, { dispatcher }), { ...failure });
    });

    it("throws in time though no connection ever comes about", async () => {
      const options = { dispatcher: new SilentDispatcher(), timeoutMs: 20 };
      const failure = { name: "TransportError", code: "FETCH_TIMEOUT", retryable: true };
      await expectFailure(fetchPack(ORIGIN + PACK_PATH, options), failure);
    });
  });

  describe("when Node does not fit", () => {
    const { versions } = process;
    afterEach(() => {
      Object.defineProperty(process, "versions", { value: versions });
    });

    it("throws before undici is loaded", async () => {
      Object.defineProperty(process, "versions", { value: { ...versions, node: "20.20.2" } });
      await expectFailure(fetchPack(ORIGIN + PACK_PATH), { name: "ConfigError", code: "TOOL_MISSING" });
    });
  });
});
