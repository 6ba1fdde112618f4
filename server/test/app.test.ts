import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";
import listener from "../src/app.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const ID = "policy-pack-v0";
const VARIABLES = ["MC_PACK_ROOT", "MC_INLINE_BUNDLE", "MC_LOG_LEVEL"];

let root: PackRoot;
let server: TestHttpServer;

beforeAll(async () => {
  root = await createPackRoot();
  await root.addTar(ID, Buffer.from("bytes"));
  server = await startHttpServer(listener);
});

afterAll(async () => {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
  await server.close();
  await root.remove();
});

describe("listener", () => {
  it("reads the environment at the first request, and again after one that it could not use", async () => {
    const report = jest.spyOn(console, "error").mockImplementation(() => undefined);
    process.env["MC_INLINE_BUNDLE"] = "perhaps";
    const broken = await ask(`${server.url}/healthz`);
    expect([broken.status, broken.json()]).toEqual([500, expect.objectContaining({ error: "internal error" })]);
    expect(report).toHaveBeenCalledTimes(1);
    report.mockRestore();
    Object.assign(process.env, { MC_PACK_ROOT: root.path, MC_INLINE_BUNDLE: "true", MC_LOG_LEVEL: "silent" });
    const answers = await Promise.all([ask(`${server.url}/v1/policy/packs/${ID}`), ask(`${server.url}/healthz`)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("answers problems and 304 as the server does", async () => {
    expect((await ask(`${server.url}/v1/policy/packs/other-v0`)).json()).toMatchObject({ error: "unknown pack" });
    const fresh = await ask(`${server.url}/v1/policy/packs/${ID}`, { headers: { "if-none-match": "*" } });
    expect(fresh.status).toBe(304);
  });
});
