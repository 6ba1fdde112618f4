import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { packPaths } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { createCli, ended, waitForOutput } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const ID = "access-v0";
const AUTO_BUILD = { MC_DEV_AUTO_BUILD_PACK: "true", MC_LOG_LEVEL: "silent" };

let root: TempDir;
let cli: Cli;
let server: ChildProcess | undefined;

beforeEach(async () => {
  root = await createTempDir();
  cli = await createCli(root.path);
  const { status } = await cli.run(["init", "contracts/access/v0"]);
  expect(status).toBe(0);
});

afterEach(async () => {
  if (server !== undefined) {
    server.kill("SIGTERM");
    await ended(server);
  }
  server = undefined;
  await root.remove();
});

/** Starts a server process on the folder; returns the pack's address. */
async function serve(env: Readonly<Record<string, string>>): Promise<string> {
  server = cli.start(["serve", "--port", "0"], { env });
  const said = await waitForOutput(server, /http:\S+/);
  return `${/http:\S+/.exec(said)?.[0] ?? ""}/v1/policy/packs/${ID}`;
}

describe("MC_DEV_AUTO_BUILD_PACK", () => {
  it("builds and signs by the real command at the first GET, and what is served verifies", async () => {
    const url = await serve(AUTO_BUILD);
    const pack = await fetch(url);
    const bundle = await fetch(`${url}/attestation`);
    expect([pack.status, bundle.status]).toEqual([200, 200]);
    await writeFile(join(root.path, "got.tar"), Buffer.from(await pack.arrayBuffer()));
    await writeFile(join(root.path, "got.json"), await bundle.text());
    const { status, answer } = await cli.json(["verify", "got.tar", "--bundle", "got.json", "--dev-authority"]);
    expect([status, answer]).toMatchObject([0, { verified: true }]);
  });

  it.each(["production", "Production "])("never builds with NODE_ENV=%j", async (NODE_ENV) => {
    const url = await serve({ ...AUTO_BUILD, NODE_ENV });
    expect((await fetch(url)).status).toBe(503);
    const { output, bundle } = packPaths(root.path, ID);
    expect([output, bundle].map((path) => existsSync(path))).toEqual([false, false]);
    expect(existsSync(join(root.path, ".policy-pack"))).toBe(false);
  });

  it("never builds unless it is true", async () => {
    expect((await fetch(await serve({ MC_LOG_LEVEL: "silent" }))).status).toBe(503);
    expect(existsSync(packPaths(root.path, ID).output)).toBe(false);
  });
});
