import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packPaths } from "@policy-pack/pack";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

const ID = "policy-pack-v0";

/** Stands in for the command: writes what `build` and `sign` would, and keeps a list of its runs. */
const COMMAND = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
const [verb, target, flag, out, ...more] = process.argv.slice(2);
appendFileSync("runs.txt", [verb, target, flag, out, ...more].join(" ") + "\\n");
if (existsSync("break-" + verb)) { console.error("broken on purpose"); process.exit(3); }
if (verb === "build") {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "${ID}.tar"), "built");
} else {
  mkdirSync(dirname(out), { recursive: true });
  const digest = createHash("sha256").update(readFileSync(target)).digest("base64");
  writeFileSync(out, JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "aw==" } },
    messageSignature: { messageDigest: { algorithm: "SHA2_256", digest }, signature: "aw==" },
  }));
}
`;

let root: PackRoot;
let server: RunningServer;
let url: string;

beforeEach(async () => {
  root = await createPackRoot();
  const script = join(root.path, "command.mjs");
  await writeFile(script, COMMAND);
  const buildCommand = [process.execPath, script] as const;
  server = await startServer({ root: root.path, port: 0, logger: false, buildCommand });
  url = `${server.url}/v1/policy/packs/${ID}`;
});

afterEach(async () => {
  await server.close();
  await root.remove();
});

async function runs(): Promise<string[]> {
  const text = await readFile(join(root.path, "runs.txt"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

describe("a missing pack in development", () => {
  it("is built and signed by the command, once for all who ask meanwhile", async () => {
    await root.addSource(ID);
    const answers = await Promise.all([ask(url), ask(url), ask(`${url}/attestation`)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[0].body.toString()).toBe("built");
    const { source, output, tar, bundle } = packPaths(root.path, ID);
    expect(await runs()).toEqual([`build ${source} --out ${output}`, `sign ${tar} --bundle ${bundle} --dev-authority`]);
  });

  it("is not signed again when there is a bundle for it", async () => {
    await root.addBundle(ID, Buffer.from("built"));
    expect((await ask(url)).status).toBe(200);
    expect((await runs()).map((run) => run.split(" ")[0])).toEqual(["build"]);
  });

  it("stays 503 when the build fails, and is tried again", async () => {
    await root.addSource(ID);
    await writeFile(join(root.path, "break-build"), "");
    expect((await ask(url)).json()).toMatchObject({ error: "pack not built yet" });
    await rm(join(root.path, "break-build"));
    expect((await ask(url)).status).toBe(200);
  });

  it("is served without a bundle when signing fails", async () => {
    await root.addSource(ID);
    await writeFile(join(root.path, "break-sign"), "");
    expect((await ask(url)).status).toBe(200);
    expect((await ask(`${url}/attestation`)).json()).toMatchObject({ error: "attestation not available" });
  });

  it("is ready although nothing is built", async () => {
    await root.addSource(ID);
    expect((await ask(`${server.url}/readyz`)).status).toBe(200);
  });

  it("runs nothing for a pack that is there, or for an unknown name", async () => {
    await root.addTar(ID, Buffer.from("x"));
    await ask(url);
    await ask(`${server.url}/v1/policy/packs/other-pack-v0`);
    expect(await runs()).toEqual([]);
  });
});
