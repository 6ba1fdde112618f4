import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer } from "@policy-pack/dev-authority";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { TempDir, TestAuthority } from "@policy-pack/testkit";
import { codeOf } from "./cli-checkout.ts";
import { createCli } from "./cli-run.ts";
import type { Cli, Finished } from "./cli-run.ts";

const IDENTITY = {
  identity: "https://github.com/acme/policies/release.yml@refs/heads/main",
  issuer: "https://i.example",
};
const ROOT = ["--trusted-root", "root.json"];

interface Service {
  url: string;
  majorApiVersion: number;
  validFor: { start: string; end?: string };
  operator: string;
}

interface Config {
  caUrls?: Service[];
  rekorTlogUrls?: Service[];
  rekorTlogConfig?: { selector?: string; count?: number };
  tsaUrls?: Service[];
  tsaConfig?: { selector?: string; count?: number };
}

let folder: TempDir;
let cli: Cli;
let authority: TestAuthority;
let instance: AuthorityServer;
let proxy: Server;
/** What the services answer in place of the instance, by path. */
let replaced: Record<string, Buffer> = {};
let seen: string[] = [];
/** What the instance answered last, by path. */
const answers: Record<string, Buffer> = {};

const at = (path: string): string => join(folder.path, path);
const proxyUrl = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

/** The instance's own config, with its services behind the proxy. */
function configOf(version: 1 | 2, change: (config: Config) => void = () => undefined): string {
  const config = JSON.parse(instance.signingConfig(version).replaceAll(instance.url, proxyUrl())) as Config;
  change(config);
  return JSON.stringify(config);
}

async function signWith(config: string, flags: readonly string[]): Promise<Finished & { answer: unknown }> {
  await writeFile(at("config.json"), config);
  const args = ["sign", "app.tar", "--signing-config", "config.json", "--bundle", "out.json", ...ROOT, ...flags];
  return cli.json(args);
}

const outcome = ({ status, answer }: Finished & { answer: unknown }): unknown => [status, codeOf(answer)];
const noLog = (config: Config): void => {
  delete config.rekorTlogUrls;
  delete config.rekorTlogConfig;
};
const noStamp = (config: Config): void => {
  delete config.tsaUrls;
  delete config.tsaConfig;
};

/** Authorities of one name count as one: a second one of its own is run by someone else, at other addresses. */
function renamed(text: string): string {
  return text.replaceAll("policy-pack.localhost", "other.localhost");
}

/** One trusted root that believes both. */
function mergedRoots(one: string, other: string): string {
  const [first, second] = [one, other].map((text) => JSON.parse(text) as Record<string, unknown>);
  const entries = Object.entries(first ?? {}).map(([name, value]) => {
    const more = second?.[name];
    return [
      name,
      Array.isArray(value) && Array.isArray(more) ? [...(value as unknown[]), ...(more as unknown[])] : value,
    ];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  authority = await createTestAuthority();
  instance = await startAuthorityServer(authority.authority);
  proxy = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      seen.push(path);
      void forward(path, Buffer.concat(chunks), request.headers["content-type"] ?? "").then(({ status, body }) => {
        response.writeHead(status, { connection: "close" }).end(replaced[path] ?? body);
      });
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  await writeFile(at("root.json"), authority.trustedRoot);
  await writeFile(at("app.tar"), "any file");
  const pem = { format: "pem", type: "pkcs8" } as const;
  await writeFile(at("p256.key"), generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem));
  await writeFile(at("rsa.key"), generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem));
  await writeFile(at("ed25519.key"), generateKeyPairSync("ed25519").privateKey.export(pem));
  await writeFile(at("token"), `${authority.authority.identityToken(IDENTITY)}\n`);
});

async function forward(path: string, body: Buffer, type: string): Promise<{ status: number; body: Buffer }> {
  const headers = { "content-type": type, connection: "close" };
  const response = await fetch(`${instance.url}${path}`, { method: "POST", body: Uint8Array.from(body), headers });
  const answer = Buffer.from(await response.arrayBuffer());
  answers[path] = answer;
  return { status: response.status, body: answer };
}

beforeEach(() => {
  replaced = {};
  seen = [];
});

afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await instance.close();
  await authority.close();
  await folder.remove();
});

describe("policy-pack sign --signing-config", () => {
  const signers = [
    ["keyless", ["--identity-token", "token"]],
    ["with a P-256 key", ["--key", "p256.key"]],
    ["with an RSA key", ["--key", "rsa.key"]],
  ] as const;
  const logs = [
    ["a v1 log and a timestamp", 1, () => undefined, 1, 2],
    ["a v2 log and a timestamp", 2, () => undefined, 1, 1],
    ["a v1 log", 1, noStamp, 1, 1],
    ["a timestamp", 1, noLog, 0, 1],
  ] as const;
  it.each(signers.flatMap(([who, flags]) => logs.map((row) => [who, flags, ...row] as const)))(
    "signs %s (%j) and gets %s",
    async (_who, flags, _what, version, change, entries, times) => {
      const { status, answer } = await signWith(configOf(version, change), flags);
      const { logEntries, times: proven } = answer as { logEntries: unknown[]; times: unknown[] };
      expect([status, logEntries.length, proven.length]).toEqual([0, entries, times]);
    },
  );

  it("gets as many witnesses of distinct operators as the config says, and proves each", async () => {
    const second = await createTestAuthority();
    const theirs = await startAuthorityServer(second.authority);
    try {
      await writeFile(at("two-roots.json"), mergedRoots(authority.trustedRoot, renamed(second.trustedRoot)));
      const config = configOf(1, (ours) => {
        const other = JSON.parse(
          theirs.signingConfig(1).replaceAll("policy-pack.localhost", "other.localhost"),
        ) as Config;
        ours.rekorTlogUrls = [...(ours.rekorTlogUrls ?? []), ...(other.rekorTlogUrls ?? [])];
        ours.rekorTlogConfig = { selector: "ALL" };
        ours.tsaUrls = [...(ours.tsaUrls ?? []), ...(other.tsaUrls ?? [])];
        ours.tsaConfig = { selector: "EXACT", count: 2 };
      });
      await writeFile(at("two.json"), config);
      const args = ["sign", "app.tar", "--key", "p256.key", "--signing-config", "two.json", "--bundle", "two-out.json"];
      const { status, answer } = await cli.json([...args, "--trusted-root", "two-roots.json"]);
      const { logEntries, times } = answer as { logEntries: unknown[]; times: unknown[] };
      expect([status, logEntries.length, times.length]).toEqual([0, 2, 4]);
      expect(outcome(await cli.json([...args, ...ROOT]))).toEqual([5, "TIMESTAMP_MISSING"]);
    } finally {
      await theirs.close();
      await second.close();
    }
  });

  it("asks nobody for a key when the config names no witness", async () => {
    const change = (config: Config): void => {
      noLog(config);
      noStamp(config);
    };
    const { status, answer } = await signWith(configOf(1, change), ["--key", "p256.key"]);
    expect([status, answer, seen]).toMatchObject([0, { logEntries: [], times: [] }, []]);
    const keyless = await signWith(configOf(1, change), ["--identity-token", "token"]);
    expect(outcome(keyless)).toEqual([2, "CONFIG_INVALID"]);
  });

  it("warns that a certificate without a log is not for everyone", async () => {
    const { answer, stderr } = await signWith(configOf(1, noLog), ["--identity-token", "token"]);
    const [warning = "", ...more] = (answer as { warnings: string[] }).warnings;
    expect([more, warning]).toEqual([[], expect.stringContaining("minimumLogEntries")]);
    expect(stderr).toContain(warning);
  });

  it.each([
    ["a message with an Ed25519 key", "ed25519.key", 1],
    ["a message with an Ed25519 key, v2", "ed25519.key", 2],
  ] as const)("exits 2 for a log that does not take %s, before anything is sent", async (_name, key, version) => {
    expect(outcome(await signWith(configOf(version), ["--key", key]))).toEqual([2, "KEY_INVALID"]);
    expect(seen).toEqual([]);
  });

  const service = (change: Partial<Service>) => (config: Config) => {
    config.rekorTlogUrls = (config.rekorTlogUrls ?? []).map((it) => ({ ...it, ...change }));
  };
  it.each([
    ["a log that has ended", service({ validFor: { start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z" } })],
    ["a log that has not begun", service({ validFor: { start: "2999-01-01T00:00:00Z" } })],
    ["a log of an unknown version", service({ majorApiVersion: 3 })],
    [
      "more timestamp authorities than there are",
      (config: Config) => (config.tsaConfig = { selector: "EXACT", count: 2 }),
    ],
    ["a certificate authority that has ended", (config: Config) => (config.caUrls = [])],
    ["an unknown field", (config: Config) => Object.assign(config, { more: 1 })],
    ["an unknown version", (config: Config) => Object.assign(config, { mediaType: "x" })],
  ])("exits 2 for %s, and asks nobody", async (_name, change) => {
    const config = configOf(1, change);
    expect(outcome(await signWith(config, ["--identity-token", "token"]))).toEqual([2, "CONFIG_INVALID"]);
    expect(seen).toEqual([]);
  });
});

describe("policy-pack sign, when a service answers what it was not asked", () => {
  const fresh = ["--bundle", "hostile.json"];
  const sign = (version: 1 | 2, flags: readonly string[]) =>
    writeFile(at("config.json"), configOf(version)).then(() =>
      cli.json(["sign", "app.tar", "--signing-config", "config.json", ...ROOT, ...flags, ...fresh]),
    );
  const unwritten = () => expect(readFile(at("hostile.json"))).rejects.toMatchObject({ code: "ENOENT" });

  it.each([
    ["a v1 log, keyless", 1, ["--identity-token", "token"], "/api/v1/log/entries"],
    ["a v2 log, with a key", 2, ["--key", "p256.key"], "/api/v2/log/entries"],
  ] as const)("exits 4 and writes nothing: %s gives another's entry", async (_name, version, flags, path) => {
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    await writeFile(at("other.key"), key.export({ format: "pem", type: "pkcs8" }));
    await writeFile(at("config.json"), configOf(version));
    const bundle = ["--bundle", "theirs.json"];
    await cli.run(["sign", "root.json", "--signing-config", "config.json", ...ROOT, "--key", "other.key", ...bundle]);
    replaced[path] = answers[path] ?? Buffer.from("");
    expect(outcome(await sign(version, flags))).toEqual([4, "LOG_ENTRY_INVALID"]);
    await unwritten();
  });

  it("exits 4 and writes nothing: the timestamp is over another signature", async () => {
    const hash = Buffer.alloc(32, 7);
    const stamp = authority.authority.timestamp({ algorithm: "sha256", hash, withCertificate: false });
    replaced["/api/v1/timestamp"] = Buffer.from(stamp);
    expect(outcome(await sign(1, ["--key", "p256.key"]))).toEqual([4, "TIMESTAMP_INVALID"]);
    await unwritten();
  });

  it("exits 2 and writes nothing: the log answers no entry", async () => {
    replaced["/api/v2/log/entries"] = Buffer.from('{"logIndex":"secret"}');
    expect(outcome(await sign(2, ["--key", "p256.key"]))).toEqual([2, "SIGNING_FAILED"]);
    await unwritten();
  });
});

describe("policy-pack sign --identity-token", () => {
  const claims = { iss: "https://i.example", aud: "sigstore", sub: "someone", exp: 4_000_000_000 };
  const jwt = (change: object): string => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "ES256" })}.${part({ ...claims, ...change })}.c2VjcmV0c2VjcmV0`;
  };

  it.each([
    ["that has expired", jwt({ exp: 1 }), "SIGNER_UNAVAILABLE"],
    ["for another audience", jwt({ aud: "other" }), "SIGNER_UNAVAILABLE"],
    ["that is no token", "c2VjcmV0c2VjcmV0", "SIGNER_UNAVAILABLE"],
    ["that is empty", "\n", "SIGNER_UNAVAILABLE"],
    ["that the instance did not issue", jwt({}), "SIGNING_FAILED"],
  ])("exits 2 with a token %s, which it never prints", async (_name, token, code) => {
    await writeFile(at("bad.token"), token);
    await writeFile(at("config.json"), configOf(1));
    const args = ["sign", "app.tar", "--signing-config", "config.json", ...ROOT, "--identity-token", "bad.token"];
    const { status, stdout, stderr, answer } = await cli.json([...args, "--bundle", "bad.json"]);
    expect([status, codeOf(answer)]).toEqual([2, code]);
    expect(stdout + stderr).not.toContain("c2VjcmV0");
    await expect(readFile(at("bad.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
