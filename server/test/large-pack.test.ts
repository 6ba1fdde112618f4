import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { open, rename, writeFile } from "node:fs/promises";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { LIMITS } from "../src/limits.ts";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const ID = "large-pack-v0";
/** More than the buffers of two sockets hold, and not a multiple of the piece. */
const BYTES = Buffer.alloc(5 * LIMITS.maxMemoryPackBytes + 12_345, "0123456789abcdefghijklmnopqrs");

let root: PackRoot;
let server: RunningServer;
let tar: string;
let url: string;

beforeEach(async () => {
  root = await createPackRoot();
  tar = await root.addTar(ID, BYTES);
  server = await startServer({ root: root.path, port: 0, logger: false });
  url = `${server.url}/v1/policy/packs/${ID}`;
});

afterEach(async () => {
  await server.close();
  await root.remove();
});

/** The answer's start; nothing more is read until the caller does. */
async function startReading(): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  response.pause();
  return response;
}

async function readToEnd(response: IncomingMessage): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of response) hash.update(piece as Buffer);
  return hash.digest("hex");
}

describe("GET of a pack that is not kept in memory", () => {
  it("answers with the bytes that the headers name", async () => {
    const { headers, body } = await ask(url);
    expect(headers["content-length"]).toBe(String(BYTES.length));
    expect(headers["digest"]).toBe(`sha-256=${createHash("sha256").update(BYTES).digest("hex")}`);
    expect(body.equals(BYTES)).toBe(true);
  });

  it("answers several at once, HEAD and 304 among them", async () => {
    const answers = await Promise.all([
      ask(url),
      ask(url, { method: "HEAD" }),
      ask(url, { headers: { "if-none-match": "*" } }),
      ask(url),
    ]);
    expect(answers.map(({ status, body }) => [status, body.length])).toEqual([
      [200, BYTES.length],
      [200, 0],
      [304, 0],
      [200, BYTES.length],
    ]);
  });

  it("finishes with the old bytes when another file takes the name meanwhile", async () => {
    const response = await startReading();
    await writeFile(`${tar}.new`, "new");
    await rename(`${tar}.new`, tar);
    expect((await ask(url)).body.toString()).toBe("new");
    expect(`sha-256=${await readToEnd(response)}`).toBe(response.headers["digest"]);
  });

  it("breaks off when someone writes into the file meanwhile", async () => {
    const response = await startReading();
    const file = await open(tar, "r+");
    await file.write("changed", BYTES.length - 100);
    await file.close();
    await expect(readToEnd(response)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("keeps serving after a client went away", async () => {
    const response = await startReading();
    response.destroy();
    expect((await ask(url)).body.length).toBe(BYTES.length);
  });
});
