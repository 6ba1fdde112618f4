import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { packPaths } from "@policy-pack/pack";
import type { AppOptions } from "../src/build-app.ts";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const ID = "policy-pack-v0";
const BYTES = Buffer.from("the pack's bytes");
const HEX = createHash("sha256").update(BYTES).digest("hex");
const MODIFIED = new Date("2026-11-19T10:11:12.900Z");

let root: PackRoot;
let server: RunningServer | undefined;

beforeEach(async () => {
  root = await createPackRoot();
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await root.remove();
});

async function serve(options: Partial<AppOptions> = {}): Promise<string> {
  server = await startServer({ root: root.path, port: 0, logger: false, ...options });
  return `${server.url}/v1/policy/packs/${ID}`;
}

describe("GET /v1/policy/packs/{packId}", () => {
  it("answers with the bytes and every header of the contract", async () => {
    await root.addTar(ID, BYTES, MODIFIED);
    const answer = await ask(await serve());
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(BYTES);
    expect(answer.headers).toMatchObject({
      "content-type": "application/vnd.intelgraph.policy+tar",
      "content-length": String(BYTES.length),
      etag: `W/"sha-256:${HEX}"`,
      "last-modified": "Thu, 19 Nov 2026 10:11:12 GMT",
      digest: `sha-256=${HEX}`,
      "repr-digest": `sha-256=:${Buffer.from(HEX, "hex").toString("base64")}:`,
      "cache-control": "public, max-age=60, immutable",
    });
    expect(answer.headers["x-cosign-bundle"]).toBeUndefined();
  });

  it("tolerates a query and ignores a range", async () => {
    await root.addTar(ID, BYTES);
    const answer = await ask(`${await serve()}?a=b`, { headers: { range: "bytes=0-3" } });
    expect([answer.status, answer.body]).toEqual([200, BYTES]);
  });

  it("answers HEAD with the same headers and no body", async () => {
    await root.addTar(ID, BYTES);
    const url = await serve();
    const [get, head] = [await ask(url), await ask(url, { method: "HEAD" })];
    expect({ ...head.headers, date: "" }).toEqual({ ...get.headers, date: "" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  describe("when the files change", () => {
    it("serves the rebuilt pack at the next request", async () => {
      const tar = await root.addTar(ID, BYTES);
      const url = await serve();
      await ask(url);
      await writeFile(`${tar}.new`, "other bytes, same name");
      await rename(`${tar}.new`, tar);
      expect((await ask(url)).body.toString()).toBe("other bytes, same name");
    });

    it("serves bytes written in place although size and modification time are the same", async () => {
      const tar = await root.addTar(ID, BYTES, MODIFIED);
      const url = await serve();
      await ask(url);
      const changed = Buffer.from(BYTES).fill("x");
      await writeFile(tar, changed);
      await utimes(tar, MODIFIED, MODIFIED);
      const answer = await ask(url);
      expect(answer.body).toEqual(changed);
      expect(answer.headers["digest"]).toBe(`sha-256=${createHash("sha256").update(changed).digest("hex")}`);
    });

    it("never sends headers of one state with bytes of another", async () => {
      const tar = await root.addTar(ID, BYTES);
      const url = await serve();
      for (let round = 0; round < 20; round += 1) {
        const asked = Array.from({ length: 4 }, () => ask(url));
        await writeFile(`${tar}.new`, `round ${round}`);
        await rename(`${tar}.new`, tar);
        for (const { headers, body } of await Promise.all(asked)) {
          expect(headers["digest"]).toBe(`sha-256=${createHash("sha256").update(body).digest("hex")}`);
        }
        expect((await ask(url)).body.toString()).toBe(`round ${round}`);
      }
    });

    it("answers 503 once the pack is gone", async () => {
      const tar = await root.addTar(ID, BYTES);
      const url = await serve();
      await ask(url);
      await rm(tar);
      expect((await ask(url)).status).toBe(503);
    });
  });

  describe("when the pack cannot be sent", () => {
    it("answers 404 for an unknown pack", async () => {
      const answer = await ask(await serve());
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.json()).toMatchObject({ error: "unknown pack", code: "PACK_NOT_FOUND", status: 404 });
    });

    it("answers 503 for a pack that is not built", async () => {
      await root.addSource(ID);
      const answer = await ask(await serve());
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ error: "pack not built yet", code: "PACK_NOT_BUILT" });
    });

    it.each([
      "..%2f..%2fpolicy-pack-v0",
      "policy-pack",
      "Policy-Pack-v0",
      "policy-pack-v0%00",
      `${"a".repeat(200)}-v0`,
    ])("answers 404 for the name %s", async (name) => {
      await root.addTar(ID, BYTES);
      await serve();
      const answer = await ask(`${server?.url ?? ""}/v1/policy/packs/${name}`);
      expect(answer.json()).toMatchObject({ error: "unknown pack" });
    });

    it("does not follow a link in the tar's place", async () => {
      const tar = await root.addTar(ID, BYTES);
      await rename(tar, `${root.path}/elsewhere`);
      await symlink(`${root.path}/elsewhere`, tar);
      expect((await ask(await serve())).json()).toMatchObject({ error: "pack not built yet" });
    });
  });

  describe("when the bundle is to be inline", () => {
    it("sends it as one line that is the same JSON", async () => {
      await root.addTar(ID, BYTES);
      const text = await root.addBundle(ID, BYTES);
      const header = (await ask(await serve({ inlineBundle: true }))).headers["x-cosign-bundle"];
      expect(JSON.parse(String(header))).toEqual(JSON.parse(text));
    });

    it("sends a bundle that comes later", async () => {
      await root.addTar(ID, BYTES);
      const url = await serve({ inlineBundle: true });
      expect((await ask(url)).headers["x-cosign-bundle"]).toBeUndefined();
      await root.addBundle(ID, BYTES);
      expect((await ask(url)).headers["x-cosign-bundle"]).toBeDefined();
    });

    it("leaves out one over 12 KiB, which the attestation still has", async () => {
      await root.addTar(ID, BYTES);
      const text = await root.addBundle(ID, BYTES, 12 * 1024);
      const url = await serve({ inlineBundle: true });
      expect((await ask(url)).headers["x-cosign-bundle"]).toBeUndefined();
      expect((await ask(`${url}/attestation`)).body.toString()).toBe(text);
    });

    it("leaves out one about other bytes", async () => {
      await root.addTar(ID, BYTES);
      await root.addBundle(ID, Buffer.from("other"));
      const answer = await ask(await serve({ inlineBundle: true }));
      expect([answer.status, answer.headers["x-cosign-bundle"]]).toEqual([200, undefined]);
    });
  });
});

describe("GET /v1/policy/packs/{packId}/attestation", () => {
  it("answers with the exact bundle, never 304", async () => {
    await root.addTar(ID, BYTES);
    const text = await root.addBundle(ID, BYTES);
    const answer = await ask(`${await serve()}/attestation`, { headers: { "if-none-match": "*" } });
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(text);
    expect(answer.headers).toMatchObject({
      "content-type": "application/vnd.sigstore.bundle+json",
      "content-length": String(text.length),
      etag: `W/"sha-256:${HEX}"`,
      "cache-control": "public, max-age=300",
    });
  });

  it("answers with a bundle that was replaced since the last request", async () => {
    await root.addTar(ID, BYTES);
    await root.addBundle(ID, BYTES);
    const url = `${await serve()}/attestation`;
    await ask(url);
    const text = await root.addBundle(ID, BYTES, 7);
    expect((await ask(url)).body.toString()).toBe(text);
  });

  it("answers 404 for an unknown pack", async () => {
    expect((await ask(`${await serve()}/attestation`)).json()).toMatchObject({ error: "unknown pack" });
  });

  describe("when there is no bundle for the bytes", () => {
    const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["no bundle", () => root.addTar(ID, BYTES)],
      ["no pack", () => root.addBundle(ID, BYTES)],
      [
        "a bundle about other bytes",
        async () => [await root.addTar(ID, BYTES), await root.addBundle(ID, Buffer.from("x"))],
      ],
      ["a bundle that is no JSON", () => withBundleText("{")],
      ["a bundle with an unknown field", () => withBundleText((text) => text.replace("{", '{"extra":1,'))],
      ["a bundle over 1 MiB", () => withBundleText((text) => text + " ".repeat(1024 * 1024))],
    ];

    it.each(cases)("answers 503: %s", async (_name, prepare) => {
      await prepare();
      const answer = await ask(`${await serve()}/attestation`);
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ error: "attestation not available", code: "ATTESTATION_UNAVAILABLE" });
    });

    async function withBundleText(change: string | ((text: string) => string)): Promise<void> {
      await root.addTar(ID, BYTES);
      const text = await root.addBundle(ID, BYTES);
      await writeFile(packPaths(root.path, ID).bundle, typeof change === "string" ? change : change(text));
    }
  });
});
