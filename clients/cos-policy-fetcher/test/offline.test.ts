import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import diagnostics from "node:diagnostics_channel";
import { createInstance } from "@policy-pack/evaluate";
import { extractPack, verifyPack } from "@policy-pack/verify";
import { fetchPack } from "../src/fetch.ts";
import { loadVerifiedPolicy } from "../src/load.ts";
import { PACK_PATH, serve, server, stopServer } from "./serve.ts";
import { createSignedPacks } from "./signed-pack.ts";
import type { Signed } from "./signed-pack.ts";

let signed: Signed;

beforeAll(async () => {
  signed = await createSignedPacks();
});
afterAll(async () => {
  await signed.authority.close();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stopServer();
});

/** Fails every way to the network, and counts the tries: also those whose error somebody swallows. */
function forbidNetwork(): () => number {
  let tries = 0;
  const forbidden = (): never => {
    tries += 1;
    throw new Error("the network is forbidden here");
  };
  jest.spyOn(net.Socket.prototype, "connect").mockImplementation(forbidden);
  jest.spyOn(dns, "lookup").mockImplementation(forbidden);
  jest.spyOn(dgram.Socket.prototype, "send").mockImplementation(forbidden);
  diagnostics.subscribe("net.client.socket", () => {
    tries += 1;
  });
  return () => tries;
}

async function servedUrl(): Promise<string> {
  const { url } = await serve(server({ bytes: signed.pack.tar, bundle: signed.pack.bundle }));
  return url + PACK_PATH;
}

describe("forbidNetwork", () => {
  it("sees a connection that is tried", async () => {
    const url = await servedUrl();
    const tries = forbidNetwork();
    await expect(fetchPack(url.replace("127.0.0.1", "127.0.0.2"))).rejects.toMatchObject({ code: "FETCH_FAILED" });
    expect(tries()).toBeGreaterThan(0);
  });
});

describe("verifying and deciding", () => {
  it("opens no socket once the pack is fetched", async () => {
    const { bytes, bundle } = await fetchPack(await servedUrl());
    await stopServer();
    const { trustedRoot, policy } = signed.authority;
    const tries = forbidNetwork();
    const contents = extractPack(verifyPack({ pack: bytes, bundle, trustedRoot, policy }));
    const instance = await createInstance(contents);
    expect(instance.decide({ tenant: "acme" }, "test/allow").value).toBe(true);
    expect(tries()).toBe(0);
  });

  it("asks the server for the pack and its attestation, and for nothing else", async () => {
    const { url, requests } = await serve(server({ bytes: signed.pack.tar, bundle: signed.pack.bundle }));
    const { trustedRoot, policy: verificationPolicy } = signed.authority;
    const policy = await loadVerifiedPolicy({ url: url + PACK_PATH, trustedRoot, verificationPolicy });
    const tries = forbidNetwork();
    expect(policy.decide({ tenant: "evil" }, "test/allow").value).toBe(false);
    expect(tries()).toBe(0);
    expect(requests.map((request) => request.url)).toEqual([PACK_PATH, `${PACK_PATH}/attestation`]);
  });
});
