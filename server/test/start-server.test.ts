import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { chmod } from "node:fs/promises";
import { connect } from "node:net";
import { once } from "node:events";
import { Agent, get } from "node:http";
import type { IncomingMessage } from "node:http";
import { LIMITS } from "../src/limits.ts";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const ID = "policy-pack-v0";

let root: PackRoot;
let server: RunningServer;

beforeEach(async () => {
  root = await createPackRoot();
  server = await startServer({ root: root.path, port: 0, logger: false });
});

afterEach(async () => {
  await server.close();
  await root.remove();
});

/** Everything that comes back for these bytes. */
async function sendRaw(text: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(text);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("latin1");
}

describe("startServer", () => {
  describe("when the method is not GET or HEAD", () => {
    it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("answers %s with 405 and Allow", async (method) => {
      for (const path of [`/v1/policy/packs/${ID}`, `/v1/policy/packs/${ID}/attestation`, "/healthz", "/readyz"]) {
        const answer = await ask(`${server.url}${path}`, { method, body: method === "OPTIONS" ? "" : "{" });
        expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD"]);
        expect(answer.json()).toMatchObject({ error: "method not allowed" });
      }
    });

    it("closes the connection rather than read a body", async () => {
      const answer = await sendRaw("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{");
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    });
  });

  describe("when the path leads nowhere", () => {
    it.each(["/", "/v1/policy/packs", `/v1/policy/packs/${ID}/`, `/v1/policy/packs/a/b/c`, "/V1/policy/packs/x"])(
      "answers 404 for %s",
      async (path) => {
        const answer = await ask(`${server.url}${path}`);
        expect([answer.status, answer.headers["content-type"]]).toEqual([404, "application/problem+json"]);
      },
    );

    it("answers 404 to a body too", async () => {
      expect((await ask(`${server.url}/nowhere`, { method: "POST", body: "{" })).status).toBe(404);
    });

    it("answers 400 when it is no path", async () => {
      const answer = await ask(`${server.url}/v1/policy/packs/%zz`);
      expect([answer.status, answer.headers["content-type"]]).toEqual([400, "application/problem+json"]);
    });
  });

  describe("when it is not HTTP", () => {
    it("answers 400 with a problem and closes", async () => {
      const answer = await sendRaw("what is this\r\n\r\n");
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toContain("application/problem+json");
    });

    it("answers 431 to headers over the cap", async () => {
      const answer = await sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(LIMITS.maxHeaderBytes)}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    });
  });

  it("answers 500 without saying where when a pack cannot be read", async () => {
    const tar = await root.addTar(ID, Buffer.from("x"));
    await chmod(tar, 0);
    const answer = await ask(`${server.url}/v1/policy/packs/${ID}`);
    // Root reads everything; elsewhere the mode counts.
    if (process.getuid?.() === 0) expect(answer.status).toBe(200);
    else expect(answer.json()).toMatchObject({ status: 500, error: "internal error" });
    expect(answer.body.toString()).not.toContain(root.path);
  });

  it("throws CONFIG_INVALID when the port is taken", async () => {
    const port = Number(new URL(server.url).port);
    await expect(startServer({ root: root.path, port, logger: false })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  it("is alive in any case, and ready once there is a pack", async () => {
    expect((await ask(`${server.url}/healthz`)).json()).toEqual({ status: "ok" });
    await root.addSource(ID);
    const before = await ask(`${server.url}/readyz`);
    expect(before.json()).toMatchObject({ status: 503, error: "not ready" });
    await root.addTar(ID, Buffer.from("x"));
    const after = await ask(`${server.url}/readyz`);
    expect([after.status, after.json()]).toEqual([200, { status: "ready" }]);
  });

  it("is not ready when the root is gone", async () => {
    await root.addTar(ID, Buffer.from("x"));
    await root.remove();
    expect((await ask(`${server.url}/readyz`)).status).toBe(503);
  });
});

describe("close", () => {
  it("lets an answer in flight finish, and then no kept connection holds it up", async () => {
    const bytes = Buffer.alloc(5 * LIMITS.maxMemoryPackBytes, "x");
    await root.addTar(ID, bytes);
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(`${server.url}/v1/policy/packs/${ID}`, { agent }), "response")) as [
      IncomingMessage,
    ];
    response.pause();
    const closed = server.close();
    let size = 0;
    for await (const piece of response) size += (piece as Buffer).length;
    expect(size).toBe(bytes.length);
    await closed;
    await expect(ask(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    agent.destroy();
  });
});
