import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { RESIDENT_OPTIONS, residentMegabytes } from "../support/resident.ts";
import { codeOf } from "./cli-checkout.ts";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const PASSWORD = { COSIGN_PASSWORD: "the password" };
/** The most that signing may hold of a file of any size. */
const MAX_RESIDENT_MB = 150;

let folder: TempDir;
let cli: Cli;

const at = (path: string): string => join(folder.path, path);
const text = (path: string): Promise<string> => readFile(at(path), "utf8");
const absent = { code: "ENOENT" };

function pem(key: KeyObject, passphrase?: string): string {
  const type = { format: "pem", type: "pkcs8" } as const;
  if (passphrase === undefined) return key.export(type).toString();
  return key.export({ ...type, cipher: "aes-256-cbc", passphrase }).toString();
}

async function makeKeys(name: string, { privateKey, publicKey }: Record<"privateKey" | "publicKey", KeyObject>) {
  await writeFile(at(`${name}.key`), pem(privateKey));
  await writeFile(at(`${name}.pub`), publicKey.export({ format: "pem", type: "spki" }));
}

beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  await writeFile(at("app.tar"), "any file");
  await makeKeys("p256", generateKeyPairSync("ec", { namedCurve: "P-256" }));
  await makeKeys("p384", generateKeyPairSync("ec", { namedCurve: "P-384" }));
  await makeKeys("rsa", generateKeyPairSync("rsa", { modulusLength: 2048 }));
  await makeKeys("ed25519", generateKeyPairSync("ed25519"));
});
afterAll(() => folder.remove());

describe("policy-pack sign --key", () => {
  it.each(["p256", "p384", "rsa", "ed25519"])("signs with %s what verify --key proves", async (name) => {
    const bundle = `${name}.sigstore.json`;
    const signed = await cli.json(["sign", "app.tar", "--key", `${name}.key`, "--bundle", bundle]);
    expect([signed.status, signed.answer]).toMatchObject([
      0,
      { verified: true, logEntries: [], times: [], warnings: [] },
    ]);
    const verified = await cli.json(["verify", "app.tar", "--key", `${name}.pub`, "--bundle", bundle]);
    expect(verified.status).toBe(0);
  });

  it("needs no clear key: encrypted PKCS #8 opens with COSIGN_PASSWORD", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    await writeFile(at("locked.key"), pem(privateKey, PASSWORD.COSIGN_PASSWORD));
    const args = ["sign", "app.tar", "--key", "locked.key", "--bundle", "locked.json"];
    expect((await cli.run(args, { env: PASSWORD })).status).toBe(0);
  });

  it.each([
    ["a wrong password", "locked.key", { COSIGN_PASSWORD: "another secret" }],
    ["no password and no terminal", "locked.key", {}],
    ["a public key", "p256.pub", {}],
    ["a file that is no key", "app.tar", {}],
  ])("exits 2 with %s, tells no secret and writes nothing", async (_name, key, env) => {
    const { status, stdout, stderr } = await cli.run(
      ["sign", "app.tar", "--key", key, "--bundle", "none.json", "--json"],
      { env },
    );
    expect([status, codeOf(JSON.parse(stdout))]).toEqual([2, "KEY_INVALID"]);
    expect(stdout + stderr).not.toMatch(/secret|BEGIN/);
    await expect(text("none.json")).rejects.toMatchObject(absent);
  });

  it("exits 3 for a file that Ed25519 cannot hold, and signs it with another key in constant memory", async () => {
    await writeFile(at("large.bin"), "");
    await truncate(at("large.bin"), 513 * 1024 * 1024);
    const refused = await cli.json(["sign", "large.bin", "--key", "ed25519.key", "--bundle", "large.json"]);
    expect([refused.status, codeOf(refused.answer)]).toEqual([3, "LIMIT_EXCEEDED"]);
    for (const flags of [["--key", "p256.key"], ["--dev-authority"]]) {
      const options = { env: { NODE_OPTIONS: RESIDENT_OPTIONS } };
      const { status, stderr } = await cli.run(["sign", "large.bin", "--bundle", "large.json", ...flags], options);
      expect(status).toBe(0);
      expect(residentMegabytes(stderr)).toBeLessThan(MAX_RESIDENT_MB);
    }
  });

  it.each([
    [["--identity-token", "app.tar"]],
    [["--fulcio-url", "http://127.0.0.1:9"]],
    [["--dev-authority"]],
    [["--bundle-dir", "x", "--bundle", "y"]],
    [["--rekor-url", "http://127.0.0.1:9"]],
    [["--timestamp-server-url", "http://127.0.0.1:9"]],
    [["--signing-config", "x.json", "--rekor-url", "http://127.0.0.1:9"]],
  ])("exits 2 with %j as well", async (flags) => {
    const { status, answer } = await cli.json(["sign", "app.tar", "--key", "p256.key", ...flags]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });
});

describe("policy-pack sign, onto what it reads", () => {
  it.each(["app.tar", "again/app.tar", "p256.key"])("exits 2 for --bundle %s and leaves it", async (bundle) => {
    await rm(at("again"), { force: true });
    await symlink(".", at("again"));
    const before = await text(bundle);
    const { status, answer } = await cli.json(["sign", "app.tar", "--key", "p256.key", "--bundle", bundle]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
    expect(await text(bundle)).toBe(before);
  });
});

describe("policy-pack generate-key-pair", () => {
  it("writes a key that only its owner reads, which signs", async () => {
    const made = await cli.json(["generate-key-pair", "--output-key-prefix", "new"], { env: PASSWORD });
    expect([made.status, made.answer]).toMatchObject([0, { kind: "P-256", format: "cosign", warnings: [] }]);
    expect((await stat(at("new.key"))).mode & 0o777).toBe(0o600);
    const signed = await cli.run(["sign", "app.tar", "--key", "new.key", "--bundle", "new.json"], { env: PASSWORD });
    expect(signed.status).toBe(0);
    expect((await cli.run(["verify", "app.tar", "--key", "new.pub", "--bundle", "new.json"])).status).toBe(0);
    expect(made.stdout + made.stderr + signed.stdout).not.toContain(PASSWORD.COSIGN_PASSWORD);
  });

  it.each([".key", ".pub"])("never overwrites a %s file, nor leaves half a pair", async (suffix) => {
    await writeFile(at(`old${suffix}`), "mine");
    const { status, answer } = await cli.json(["generate-key-pair", "--output-key-prefix", "old"], { env: PASSWORD });
    expect([status, codeOf(answer)]).toEqual([2, "OUTPUT_FAILED"]);
    expect(await text(`old${suffix}`)).toBe("mine");
    await expect(text(suffix === ".key" ? "old.pub" : "old.key")).rejects.toMatchObject(absent);
    await rm(at(`old${suffix}`));
  });

  it("warns by name of a kind that not everyone verifies, on stderr and in --json", async () => {
    const args = ["generate-key-pair", "--kind", "Ed25519", "--format", "pkcs8", "--output-key-prefix", "warned"];
    const { status, answer, stderr } = await cli.json(args);
    const { warnings } = answer as { warnings: string[] };
    expect([status, warnings.length]).toEqual([0, 2]);
    for (const warning of warnings) expect(stderr).toContain(`warning: ${warning}`);
    expect(warnings.join()).toContain("cosign");
  });

  it("exits 2 without a password", async () => {
    const { status, answer } = await cli.json(["generate-key-pair", "--output-key-prefix", "bare"]);
    expect([status, codeOf(answer)]).toEqual([2, "KEY_INVALID"]);
    await expect(text("bare.key")).rejects.toMatchObject(absent);
  });
});

describe("policy-pack sign, several signers", () => {
  it("adds a new file to a folder and leaves the others as they are", async () => {
    const sign = (key: string) => cli.json(["sign", "app.tar", "--key", key, "--bundle-dir", "signatures"]);
    const paths: string[] = [];
    const contents: string[] = [];
    for (const key of ["p256.key", "rsa.key", "p256.key"]) {
      const { bundle } = (await sign(key)).answer as { bundle: string };
      expect(bundle).toMatch(/signatures\/app\.tar\.[0-9a-f]{12}(-2)?\.sigstore\.json$/);
      for (const [index, path] of paths.entries()) expect(await readFile(path, "utf8")).toBe(contents[index]);
      paths.push(bundle);
      contents.push(await readFile(bundle, "utf8"));
    }
    expect(new Set(paths).size).toBe(3);
  });

  it("adds a line to a file of JSON lines, also when many sign at once", async () => {
    const first = await cli.run(["sign", "app.tar", "--key", "rsa.key", "--bundle", "all.jsonl"]);
    const line = (await text("all.jsonl")).trimEnd();
    // As an editor may leave it.
    await writeFile(at("all.jsonl"), line);
    const many = Array.from({ length: 4 }, () =>
      cli.run(["sign", "app.tar", "--key", "p256.key", "--bundle", "all.jsonl"]),
    );
    const statuses = (await Promise.all(many)).map(({ status }) => status);
    expect([first.status, ...statuses]).toEqual([0, 0, 0, 0, 0]);
    const lines = (await text("all.jsonl")).split("\n");
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([6, line, ""]);
    for (const bundle of lines.slice(0, -1)) expect(JSON.parse(bundle)).toHaveProperty("messageSignature");
  });

  it("exits 2 for a .jsonl file that holds something else, and leaves it", async () => {
    await writeFile(at("other.jsonl"), "not mine\n");
    const { status, answer } = await cli.json(["sign", "app.tar", "--key", "rsa.key", "--bundle", "other.jsonl"]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
    expect(await text("other.jsonl")).toBe("not mine\n");
  });

  it("exits 3 rather than write more bundles into a file than any verifier reads", async () => {
    await writeFile(at("full.jsonl"), "{}\n".repeat(100));
    const { status, answer } = await cli.json(["sign", "app.tar", "--key", "rsa.key", "--bundle", "full.jsonl"]);
    expect([status, codeOf(answer)]).toEqual([3, "LIMIT_EXCEEDED"]);
    expect(await text("full.jsonl")).toBe("{}\n".repeat(100));
  });
});
