import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { LIMITS } from "../src/limits.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const MAIN = join(import.meta.dirname, "../dist/main.js");
const ID = "policy-pack-v0";

type Child = ChildProcessByStdio<null, Readable, Readable>;

let root: PackRoot;
let child: Child;

beforeEach(async () => {
  root = await createPackRoot();
});

afterEach(async () => {
  child.kill("SIGKILL");
  await root.remove();
});

function start(env: Readonly<Record<string, string>>): Child {
  child = spawn(process.execPath, [MAIN], {
    env: { PORT: "0", MC_PACK_ROOT: root.path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return child;
}

/** The address that the first log line names. */
async function listening(): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  return /http:\/\/[^ "]+/.exec((JSON.parse(line) as { msg: string }).msg)?.[0] ?? "";
}

async function ended(): Promise<readonly [number | null, string | null]> {
  return (await once(child, "exit")) as [number | null, string | null];
}

async function startLargeAnswer(): Promise<IncomingMessage> {
  await root.addTar(ID, Buffer.alloc(5 * LIMITS.maxMemoryPackBytes, "x"));
  start({});
  const url = `${await listening()}/v1/policy/packs/${ID}`;
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  return response.pause();
}

describe("main", () => {
  it("listens on loopback and ends with 0 after SIGTERM", async () => {
    await root.addTar(ID, Buffer.from("x"));
    start({});
    const url = await listening();
    expect(new URL(url).hostname).toBe("127.0.0.1");
    expect((await ask(`${url}/v1/policy/packs/${ID}`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended()).toEqual([0, null]);
  });

  it("finishes the answer in flight first", async () => {
    const response = await startLargeAnswer();
    const exit = ended();
    child.kill("SIGTERM");
    let size = 0;
    for await (const piece of response) size += (piece as Buffer).length;
    expect(size).toBe(5 * LIMITS.maxMemoryPackBytes);
    expect(await exit).toEqual([0, null]);
  });

  it("ends at once at the second signal", async () => {
    const response = await startLargeAnswer();
    response.on("error", () => undefined);
    const exit = ended();
    const url = new URL(`http://${response.socket.remoteAddress ?? ""}:${response.socket.remotePort ?? 0}/healthz`)
      .href;
    child.kill("SIGTERM");
    // No connection is taken any more: the first signal has arrived.
    while (
      await ask(url).then(
        () => true,
        () => false,
      )
    );
    child.kill("SIGTERM");
    expect(await exit).toEqual([null, "SIGTERM"]);
  });

  it("refuses to start with a message and status 2 when a variable is wrong", async () => {
    start({ PORT: "no" });
    const [message, [status]] = await Promise.all([text(child.stderr), ended()]);
    expect(status).toBe(2);
    expect(message).toContain("CONFIG_INVALID");
  });
});
