import { describe, expect, it } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { runCli } from "../../src/program.ts";
import { createTerminal, withFolder } from "../support.ts";

const FLAGS = ["--issuer", "https://ci.test", "--subject", "ci", "--audience", "policy-pack"];

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const terminal = createTerminal({ cwd, env });
  const status = await runCli(["token", ...args], terminal);
  return { status, out: terminal.out(), err: terminal.err() };
}

async function writeKey(folder: string, kind: "P-256" | "P-384" | "rsa" | "ed25519"): Promise<void> {
  const pair =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2_048 })
      : kind === "ed25519"
        ? generateKeyPairSync("ed25519")
        : generateKeyPairSync("ec", { namedCurve: kind });
  await writeFile(join(folder, "ci.key"), pair.privateKey.export({ type: "pkcs8", format: "pem" }));
}

async function expectFailure(pending: Promise<Run>, code: string): Promise<void> {
  const { status, out, err } = await pending;
  expect([status, out]).toEqual([2, ""]);
  expect(err).toContain(`error ${code}`);
}

describe("policy-pack token", () => {
  it.each([
    ["P-256", "ES256"],
    ["rsa", "RS256"],
    ["ed25519", "EdDSA"],
  ] as const)("prints only a token that the printed key set of a %s key verifies", async (kind, alg) => {
    await withFolder(async (folder) => {
      await writeKey(folder, kind);
      const keys = JSON.parse((await run(folder, ["--key", "ci.key", "--jwks"])).out) as JSONWebKeySet;
      // Integers of a signature are now and then shorter than their field.
      for (let round = 0; round < 20; round += 1) {
        const { status, out, err } = await run(folder, ["--key", "ci.key", ...FLAGS, "--ttl", "90s"]);
        expect([status, err, out.split("\n").length]).toEqual([0, "", 2]);
        const { payload } = await jwtVerify(out.trim(), createLocalJWKSet(keys), {
          issuer: "https://ci.test",
          audience: "policy-pack",
          algorithms: [alg],
        });
        expect(payload).toMatchObject({ sub: "ci", exp: (payload.iat ?? 0) + 90 });
        expect(decodeProtectedHeader(out.trim()).kid).toBe(keys.keys[0]?.kid);
      }
    });
  });

  it("prints a key set without anything private, and ten minutes as the time of a token", async () => {
    await withFolder(async (folder) => {
      await writeKey(folder, "P-256");
      const { keys } = JSON.parse((await run(folder, ["--key", "ci.key", "--jwks"])).out) as JSONWebKeySet;
      expect(Object.keys(keys[0] ?? {}).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
      const { out } = await run(folder, ["--key", "ci.key", ...FLAGS, "--json"]);
      const { token, expiresAt } = JSON.parse(out) as { readonly token: string; readonly expiresAt: string };
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys }));
      expect([new Date((payload.exp ?? 0) * 1_000).toISOString(), (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([
        expiresAt,
        600,
      ]);
    });
  });

  it("opens a key under a password", async () => {
    await withFolder(async (folder) => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const pem = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" });
      await writeFile(join(folder, "ci.key"), pem);
      expect((await run(folder, ["--key", "ci.key", ...FLAGS], { COSIGN_PASSWORD: "secret" })).status).toBe(0);
      await expectFailure(run(folder, ["--key", "ci.key", ...FLAGS], { COSIGN_PASSWORD: "x" }), "KEY_INVALID");
    });
  });

  describe("when it cannot be made", () => {
    it.each([
      ["no key", FLAGS, "CONFIG_INVALID"],
      ["no issuer", ["--key", "ci.key", ...FLAGS.slice(2)], "CONFIG_INVALID"],
      ["no audience", ["--key", "ci.key", ...FLAGS.slice(0, 4)], "CONFIG_INVALID"],
      ["an empty subject", ["--key", "ci.key", ...FLAGS.slice(0, 3), "", ...FLAGS.slice(4)], "CONFIG_INVALID"],
      ["a key that is not there", ["--key", "absent.key", ...FLAGS], "CONFIG_INVALID"],
      ["a time without a unit", ["--key", "ci.key", ...FLAGS, "--ttl", "10"], "CONFIG_INVALID"],
      ["no time", ["--key", "ci.key", ...FLAGS, "--ttl", "0s"], "CONFIG_INVALID"],
      ["a time of a hundred days", ["--key", "ci.key", ...FLAGS, "--ttl", "100d"], "CONFIG_INVALID"],
      ["a key set and claims", ["--key", "ci.key", ...FLAGS, "--jwks"], "CONFIG_INVALID"],
    ])("exits 2 for %s", async (_name, args, code) => {
      await withFolder(async (folder) => {
        await writeKey(folder, "P-256");
        await expectFailure(run(folder, args), code);
      });
    });

    it("exits 2 for a P-384 key, whose tokens nobody could verify", async () => {
      await withFolder(async (folder) => {
        await writeKey(folder, "P-384");
        await expectFailure(run(folder, ["--key", "ci.key", ...FLAGS]), "KEY_INVALID");
      });
    });
  });
});
