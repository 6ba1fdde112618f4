import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { FastifyBaseLogger } from "fastify";
import { LIMITS } from "../src/limits.ts";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const ID = "policy-pack-v0";
const BYTES = Buffer.from("the pack's bytes");

let root: PackRoot;
let server: RunningServer | undefined;
let warnings: unknown[];

beforeEach(async () => {
  root = await createPackRoot();
  warnings = [];
  await root.addTar(ID, BYTES);
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await root.remove();
});

/** Keeps the fields of every warning. */
function collector(): FastifyBaseLogger {
  const nothing = (): void => undefined;
  const quiet = { level: "warn", fatal: nothing, error: nothing, info: nothing, debug: nothing, trace: nothing };
  const warn = (fields: unknown): void => {
    warnings.push(fields);
  };
  return { ...quiet, silent: nothing, warn, child: collector };
}

async function serve(inlineBundle: boolean): Promise<string> {
  server = await startServer({ root: root.path, port: 0, logger: collector(), inlineBundle });
  return `${server.url}/v1/policy/packs/${ID}`;
}

describe("a bundle too large for a header", () => {
  const warning = { packId: ID, maxBytes: LIMITS.maxInlineBundleBytes };

  it("is left out and reported once, however often it is asked for", async () => {
    await root.addBundle(ID, BYTES, LIMITS.maxInlineBundleBytes);
    const url = await serve(true);
    for (const method of ["GET", "HEAD", "GET"]) {
      const { status, headers } = await ask(url, { method });
      expect([status, headers["x-cosign-bundle"]]).toEqual([200, undefined]);
    }
    expect((await ask(`${url}/attestation`)).status).toBe(200);
    expect(warnings).toEqual([warning]);
  });

  it("is reported again when another one takes its place", async () => {
    await root.addBundle(ID, BYTES, LIMITS.maxInlineBundleBytes);
    const url = await serve(true);
    await ask(url);
    await root.addBundle(ID, BYTES, LIMITS.maxInlineBundleBytes + 1);
    await ask(url);
    expect(warnings).toEqual([warning, warning]);
  });

  it("is not reported where it is not to be inline, nor is one that fits", async () => {
    await root.addBundle(ID, BYTES, LIMITS.maxInlineBundleBytes);
    await ask(await serve(false));
    await server?.close();
    await root.addBundle(ID, BYTES);
    expect((await ask(await serve(true))).headers["x-cosign-bundle"]).toBeDefined();
    expect(warnings).toEqual([]);
  });
});
