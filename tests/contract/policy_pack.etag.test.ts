import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { startBuiltServer } from "../support/built-server.ts";
import type { BuiltServer } from "../support/built-server.ts";

let server: BuiltServer;
let authority: TestAuthority;

beforeAll(async () => {
  authority = await createTestAuthority();
  server = await startBuiltServer("policy-pack-v0", { MC_INLINE_BUNDLE: "true" });
});

afterAll(async () => {
  await server.close();
  await authority.close();
});

function hexOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("the pack's entity tag", () => {
  it("is the digest of the bytes, and so are Digest and Repr-Digest", async () => {
    const tar = await server.publish("one");
    const answer = await fetch(server.url);
    const body = Buffer.from(await answer.arrayBuffer());
    expect(body.equals(tar)).toBe(true);
    const hex = hexOf(body);
    expect(answer.headers.get("etag")).toBe(`W/"sha-256:${hex}"`);
    expect(answer.headers.get("digest")).toBe(`sha-256=${hex}`);
    expect(answer.headers.get("repr-digest")).toBe(`sha-256=:${Buffer.from(hex, "hex").toString("base64")}:`);
    expect(answer.headers.get("content-type")).toBe("application/vnd.intelgraph.policy+tar");
    expect(answer.headers.get("content-length")).toBe(String(tar.length));
    expect(answer.headers.get("cache-control")).toBe("public, max-age=60, immutable");
  });

  it("changes with the pack, at the next request", async () => {
    for (const readme of ["two", "three", "four"]) {
      const tar = await server.publish(readme);
      expect((await fetch(server.url, { method: "HEAD" })).headers.get("etag")).toBe(`W/"sha-256:${hexOf(tar)}"`);
    }
  });

  it("comes back when the same bytes do", async () => {
    const tag = async (): Promise<string | null> => (await fetch(server.url)).headers.get("etag");
    await server.publish("five");
    const first = await tag();
    await server.publish("six");
    expect(await tag()).not.toBe(first);
    await server.publish("five");
    expect(await tag()).toBe(first);
  });
});

describe("the attestation's entity tag", () => {
  it("is the pack's, whose bundle comes with both answers", async () => {
    const tar = await server.publish("signed");
    const bundle = await authority.sign(tar);
    await server.writeBundle(bundle);
    const pack = await fetch(server.url);
    const attestation = await fetch(`${server.url}/attestation`);
    expect(attestation.headers.get("etag")).toBe(pack.headers.get("etag"));
    expect(attestation.headers.get("content-type")).toBe("application/vnd.sigstore.bundle+json");
    expect(attestation.headers.get("cache-control")).toBe("public, max-age=300");
    expect(await attestation.text()).toBe(bundle);
    expect(JSON.parse(pack.headers.get("x-cosign-bundle") ?? "")).toEqual(JSON.parse(bundle));
  });

  it("is not given for another pack's bundle", async () => {
    const tar = await server.publish("signed");
    await server.writeBundle(await authority.sign(tar));
    await server.publish("newer and not signed");
    const pack = await fetch(server.url);
    const attestation = await fetch(`${server.url}/attestation`);
    expect([pack.status, pack.headers.get("x-cosign-bundle")]).toEqual([200, null]);
    expect(attestation.status).toBe(503);
    expect(await attestation.json()).toMatchObject({ error: "attestation not available" });
  });

  it("never leads to 304: a pack can be signed again", async () => {
    const tar = await server.publish("signed twice");
    await server.writeBundle(await authority.sign(tar));
    const etag = (await fetch(`${server.url}/attestation`)).headers.get("etag") ?? "";
    const again = await authority.sign(tar);
    await server.writeBundle(again);
    const answer = await fetch(`${server.url}/attestation`, { headers: { "if-none-match": etag } });
    expect([answer.status, await answer.text()]).toEqual([200, again]);
  });
});
