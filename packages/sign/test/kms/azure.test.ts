import { verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openKmsSigner } from "../../src/kms/open.ts";
import { toMessage } from "../../src/message.ts";
import { AZURE_HOST, AZURE_TOKEN, startFakeAzure } from "./support/azure.ts";
import type { FakeAzure } from "./support/azure.ts";
import { useEnvironment } from "./support/environment.ts";
import { configErrorOf } from "./support/errors.ts";
import type { Received, Reply } from "./support/fake-server.ts";
import { ecKey, pemOf, rsaKey } from "./support/keys.ts";

const DATA = Buffer.from("the artifact\n");
const MESSAGE = toMessage(DATA);

let azure: FakeAzure;
beforeEach(async () => {
  azure = await startFakeAzure();
  useEnvironment(azure.env);
});
afterEach(async () => {
  await azure.close();
  expect(azure.complaints).toEqual([]);
});

const open = (uri = `azurekms://${AZURE_HOST}/release`) =>
  openKmsSigner(uri, { env: azure.env, endpoint: azure.url, retries: 0, retryDelayMs: 0 });
const only = (): string => [...azure.versions.keys()][0] ?? "";
const kid = (version = only(), name = "release", host = AZURE_HOST) => `https://${host}/keys/${name}/${version}`;
const atSigning =
  (json: object) =>
  ({ path }: Received): Reply | undefined =>
    path.endsWith("/sign") ? { json } : undefined;

describe("openKmsSigner with azurekms", () => {
  it.each([
    ["P-256", () => ecKey()],
    ["RSA", () => rsaKey()],
  ])("signs with a %s key", async (_, key) => {
    azure.versions.set(only(), key());
    const signer = await open();
    const { signature } = await signer.sign(MESSAGE);
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it.each(["P-384", "P-521", "secp256k1"])(
    "refuses a %s key, which Key Vault signs other digests with",
    async (curve) => {
      azure.versions.set(only(), ecKey(curve));
      expect((await configErrorOf(open())).code).toBe("KEY_INVALID");
    },
  );

  it("opens the version that the URI names", async () => {
    const first = only();
    azure.rotate();
    const signer = await open(`azurekms://${AZURE_HOST}/release/${first}`);
    const { signature } = await signer.sign(MESSAGE);
    expect(signer.publicKey).toBe(pemOf((azure.versions.get(first) ?? ecKey()).publicKey));
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it("says that a version is not there", async () => {
    expect((await configErrorOf(open(`azurekms://${AZURE_HOST}/release/${"0".repeat(32)}`))).code).toBe(
      "SIGNER_UNAVAILABLE",
    );
  });

  it("refuses a disabled version", async () => {
    azure.attributes = { enabled: false };
    expect((await configErrorOf(open())).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("refuses a key that may not sign", async () => {
    azure.operations = ["verify", "wrapKey"];
    expect((await configErrorOf(open())).code).toBe("SIGNER_UNAVAILABLE");
  });

  it.each([
    ["of another vault", () => kid(only(), "release", "other.vault.azure.net")],
    ["of another name", () => kid(only(), "other")],
    ["without a version", () => kid("")],
  ])("refuses a key identifier %s", async (_, told) => {
    const { publicKey } = ecKey();
    const key = { kid: told(), key_ops: ["sign"], ...publicKey.export({ format: "jwk" }) };
    azure.intercept = ({ path }) =>
      path.startsWith("/keys/") ? { json: { key, attributes: { enabled: true } } } : undefined;
    expect((await configErrorOf(open())).code).toBe("SIGNING_FAILED");
  });

  it("refuses another version than the URI names", async () => {
    const key = { kid: kid("1".repeat(32)), key_ops: ["sign"], ...ecKey().publicKey.export({ format: "jwk" }) };
    azure.intercept = ({ path }) =>
      path.startsWith("/keys/") ? { json: { key, attributes: { enabled: true } } } : undefined;
    expect((await configErrorOf(open(`azurekms://${AZURE_HOST}/release/${only()}`))).code).toBe("SIGNING_FAILED");
  });

  it.each<[string, () => object]>([
    ["of another version", () => ({ kid: kid("1".repeat(32)), value: Buffer.alloc(64, 1).toString("base64url") })],
    ["without a version", () => ({ value: Buffer.alloc(64, 1).toString("base64url") })],
    ["of 63 bytes", () => ({ kid: kid(), value: Buffer.alloc(63, 1).toString("base64url") })],
    ["in base64 with padding", () => ({ kid: kid(), value: Buffer.alloc(64, 0xff).toString("base64") })],
    ["that is all zero", () => ({ kid: kid(), value: Buffer.alloc(64).toString("base64url") })],
  ])("refuses a signature %s", async (_, json) => {
    const signer = await open();
    azure.intercept = atSigning(json());
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", false]);
  });

  it("refuses a signature that is said to be of another version, though it holds", async () => {
    const signer = await open();
    azure.alter = (reply, { path }) =>
      path.endsWith("/sign") && typeof reply === "object"
        ? { json: { ...(reply.json as object), kid: kid("1".repeat(32)) } }
        : reply;
    expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNING_FAILED");
  });

  it("sends the token for Key Vault to nobody but the vault", async () => {
    await open();
    const withToken = azure.received.filter(({ headers }) => headers.authorization === `Bearer ${AZURE_TOKEN}`);
    expect(withToken.map(({ path }) => path)).toEqual(["/keys/release"]);
  });
});
