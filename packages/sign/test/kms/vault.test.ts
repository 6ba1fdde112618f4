import { verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openKmsSigner } from "../../src/kms/open.ts";
import { toMessage } from "../../src/message.ts";
import { configErrorOf, shown } from "./support/errors.ts";
import { ecKey, pemOf, rsaKey } from "./support/keys.ts";
import { selfSigned } from "./support/tls.ts";
import { startFakeVault, VAULT_TOKEN } from "./support/vault.ts";
import type { FakeVault } from "./support/vault.ts";

const DATA = Buffer.from("the artifact\n");
const MESSAGE = toMessage(DATA);

let vault: FakeVault | undefined;
let complaints: string[] = [];
afterEach(async () => {
  await vault?.close();
  expect(vault?.complaints ?? []).toEqual(complaints);
  vault = undefined;
  complaints = [];
});

type Settings = Parameters<typeof startFakeVault>[0];

async function start(settings?: Settings): Promise<FakeVault> {
  vault = await startFakeVault(settings);
  return vault;
}

const open = (fake: FakeVault, env: Readonly<Record<string, string>> = {}, uri = "hashivault://release") =>
  openKmsSigner(uri, { env: { VAULT_ADDR: fake.url, VAULT_TOKEN, ...env }, retries: 0, retryDelayMs: 0 });

async function signsWith(fake: FakeVault, env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const signer = await open(fake, env);
  const { signature } = await signer.sign(MESSAGE);
  return verify("sha256", DATA, signer.publicKey, signature);
}

describe("openKmsSigner with hashivault", () => {
  it.each([
    ["ecdsa-p256", () => ecKey("P-256")],
    ["ecdsa-p384", () => ecKey("P-384")],
    ["ecdsa-p521", () => ecKey("P-521")],
    ["rsa-2048", () => rsaKey(2048)],
    ["rsa-3072", () => rsaKey(3072)],
  ])("signs with a key of the type %s", async (type, key) => {
    expect(await signsWith(await start({ type, key: key() }))).toBe(true);
  });

  it.each([
    ["aes256-gcm96", ecKey],
    ["ed25519", ecKey],
    ["ecdsa-p256", () => ecKey("P-384")],
    ["ecdsa-p256", () => ecKey("secp256k1")],
    ["rsa-2048", () => rsaKey(1024)],
  ])("refuses a key of the type %s when it is not one or not signed with", async (type, key) => {
    const fake = await start({ type, key: key() });
    expect((await configErrorOf(open(fake))).code).toMatch(/^(KEY_INVALID|SIGNING_FAILED)$/);
    expect(fake.received).toHaveLength(1);
  });

  it("asks at the engine's mount and in the namespace", async () => {
    const fake = await start({ mount: "teams/signing", namespace: "acme/packs" });
    expect(await signsWith(fake, { TRANSIT_SECRET_ENGINE_PATH: "teams/signing/", VAULT_NAMESPACE: "acme/packs" })).toBe(
      true,
    );
  });

  it("signs with the version that the URI names, also after a rotation", async () => {
    const fake = await start();
    fake.rotate();
    fake.rotate();
    const signer = await open(fake, {}, "hashivault://release/versions/2");
    const { signature } = await signer.sign(MESSAGE);
    expect(signer.publicKey).toBe(pemOf((fake.versions[1] ?? ecKey()).publicKey));
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it.each([
    ["that does not exist yet", "hashivault://release/versions/3", 0],
    ["below the least that signs", "hashivault://release/versions/1", 2],
  ])("refuses a version %s", async (_, uri, least) => {
    const fake = await start();
    fake.rotate();
    fake.minEncryptionVersion = least;
    expect((await configErrorOf(open(fake, {}, uri))).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("refuses a version whose public key was trimmed away", async () => {
    const fake = await start();
    fake.intercept = () => ({ json: { data: { name: "release", type: "ecdsa-p256", latest_version: 2, keys: {} } } });
    expect((await configErrorOf(open(fake))).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("refuses a signature that is said to be of another version, though it holds", async () => {
    const fake = await start();
    const signer = await open(fake);
    fake.alter = (reply) => {
      const { data } = (reply as { json: { data: { signature: string } } }).json;
      return { json: { data: { signature: data.signature.replace(":v1:", ":v2:") } } };
    };
    expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNING_FAILED");
  });

  it("refuses the public key of another name", async () => {
    const fake = await start();
    const data = {
      name: "other",
      type: "ecdsa-p256",
      latest_version: 1,
      keys: { 1: { public_key: pemOf(ecKey().publicKey) } },
    };
    fake.intercept = () => ({ json: { data } });
    expect((await configErrorOf(open(fake))).code).toBe("SIGNING_FAILED");
  });

  it("says that a version is gone when it was retired after it was opened", async () => {
    const fake = await start();
    const signer = await open(fake);
    fake.rotate();
    fake.minEncryptionVersion = 2;
    expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("trusts the CA that VAULT_CACERT names, and nobody without it", async () => {
    const tls = selfSigned();
    const folder = mkdtempSync(path.join(tmpdir(), "vault-ca-"));
    const file = path.join(folder, "ca.pem");
    writeFileSync(file, tls.cert);
    const fake = await start({ tls });
    expect(await signsWith(fake, { VAULT_CACERT: file })).toBe(true);
    const error = await configErrorOf(open(fake));
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", false]);
    rmSync(folder, { recursive: true });
  });

  it("takes the token that vault login wrote", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "vault-home-"));
    const fake = await start();
    const missing = await configErrorOf(open(fake, { VAULT_TOKEN: "", HOME: folder }));
    expect([missing.code, fake.received]).toEqual(["SIGNER_UNAVAILABLE", []]);
    writeFileSync(path.join(folder, ".vault-token"), `${VAULT_TOKEN}\n`);
    expect(await signsWith(fake, { VAULT_TOKEN: "", HOME: folder })).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it("says that another token is denied, and not which it was", async () => {
    const error = await configErrorOf(open(await start(), { VAULT_TOKEN: "hvs.not-this-one" }));
    expect(error.code).toBe("SIGNER_UNAVAILABLE");
    expect(shown(error)).not.toContain("hvs.not-this-one");
  });

  it.each<[string, Record<string, string>]>([
    ["no address", { VAULT_ADDR: "" }],
    ["an address that is no URL", { VAULT_ADDR: "vault" }],
    ["an address in clear that is not this machine", { VAULT_ADDR: "http://vault.example.com:8200" }],
    ["an address with a password", { VAULT_ADDR: "https://user:secret-word@vault.example.com" }],
    ["an engine path that leads elsewhere", { TRANSIT_SECRET_ENGINE_PATH: "../sys" }],
    ["an engine path with a query", { TRANSIT_SECRET_ENGINE_PATH: "transit?x" }],
    ["certificates unchecked", { VAULT_SKIP_VERIFY: "true" }],
    ["a token that would split the header", { VAULT_TOKEN: "abc\r\nx-evil: 1" }],
    ["a namespace that would split the header", { VAULT_NAMESPACE: "a\nb" }],
    ["a CA file that is not there", { VAULT_CACERT: "/nonexistent/ca.pem" }],
  ])("refuses to start with %s, before anything is sent", async (_, env) => {
    const fake = await start();
    const error = await configErrorOf(open(fake, env));
    expect([error.code, fake.received]).toEqual(["CONFIG_INVALID", []]);
    expect(shown(error)).not.toContain("secret-word");
  });
});
