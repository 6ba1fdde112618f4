import { verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openKmsSigner } from "../../src/kms/open.ts";
import { toMessage } from "../../src/message.ts";
import { useEnvironment } from "./support/environment.ts";
import { configErrorOf, shown } from "./support/errors.ts";
import type { Received, Reply } from "./support/fake-server.ts";
import { checksum, GOOGLE_KEY, googleError, startFakeGoogle } from "./support/google.ts";
import type { FakeGoogle } from "./support/google.ts";
import { ecKey, pemOf, rsaKey, signDigest } from "./support/keys.ts";

const DATA = Buffer.from("the artifact\n");
const MESSAGE = toMessage(DATA);

let google: FakeGoogle;
beforeEach(async () => {
  google = await startFakeGoogle();
  useEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: google.credentialsFile });
});
afterEach(async () => {
  await google.close();
  expect(google.complaints).toEqual([]);
});

const open = (uri = `gcpkms://${GOOGLE_KEY}`) =>
  openKmsSigner(uri, { env: {}, endpoint: google.url, retries: 0, retryDelayMs: 0 });
const p256 = () => ({ key: ecKey(), algorithm: "EC_SIGN_P256_SHA256", state: "ENABLED" });

/** Changes one field of the answers at a path's end. */
function tampered(end: string, fields: Record<string, unknown>): (request: Received) => Reply | undefined {
  return ({ path, body }) => {
    if (!path.endsWith(end)) return undefined;
    const name = `${GOOGLE_KEY}/cryptoKeyVersions/1`;
    const key = google.versions.get(1)?.key ?? ecKey();
    const pem = pemOf(key.publicKey);
    if (end === "/publicKey") {
      return {
        json: { pem, algorithm: "EC_SIGN_P256_SHA256", pemCrc32c: checksum(Buffer.from(pem)), name, ...fields },
      };
    }
    const { digest } = JSON.parse(body.toString()) as { digest: { sha256: string } };
    const signature = signDigest(Buffer.from(digest.sha256, "base64"), key.privateKey);
    const told = {
      signature: signature.toString("base64"),
      signatureCrc32c: checksum(signature),
      verifiedDigestCrc32c: true,
      name,
    };
    return { json: { ...told, ...fields } };
  };
}

describe("openKmsSigner with gcpkms", () => {
  it.each([
    ["EC_SIGN_P256_SHA256", () => ecKey()],
    ["RSA_SIGN_PKCS1_2048_SHA256", () => rsaKey(2048)],
  ])("signs with the algorithm %s", async (algorithm, key) => {
    google.versions.set(1, { key: key(), algorithm, state: "ENABLED" });
    const signer = await open();
    const { signature } = await signer.sign(MESSAGE);
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it.each([
    ["EC_SIGN_P384_SHA384", () => ecKey("P-384")],
    ["EC_SIGN_SECP256K1_SHA256", () => ecKey("secp256k1")],
    ["RSA_SIGN_PSS_2048_SHA256", () => rsaKey(2048)],
    ["RSA_SIGN_RAW_PKCS1_2048", () => rsaKey(2048)],
    ["RSA_SIGN_PKCS1_4096_SHA512", () => rsaKey(2048)],
    ["EC_SIGN_ED25519", () => ecKey()],
  ])("refuses the algorithm %s by name", async (algorithm, key) => {
    google.versions.set(1, { key: key(), algorithm, state: "ENABLED" });
    const error = await configErrorOf(open());
    expect([error.code, error.message.includes(algorithm)]).toEqual(["KEY_INVALID", true]);
  });

  it("takes the highest number of the enabled versions, on whichever page", async () => {
    [2, 9, 10, 11].forEach((number) => google.versions.set(number, p256()));
    google.versions.set(12, { ...p256(), state: "DISABLED" });
    const signer = await open();
    expect(signer.publicKey).toBe(pemOf((google.versions.get(11) ?? p256()).key.publicKey));
  });

  it.each(["versions", "cryptoKeyVersions"])("opens the version that the URI names after /%s/", async (form) => {
    google.versions.set(2, p256());
    const signer = await open(`gcpkms://${GOOGLE_KEY}/${form}/1`);
    expect(signer.publicKey).toBe(pemOf((google.versions.get(1) ?? p256()).key.publicKey));
  });

  it("says that no version is enabled", async () => {
    google.versions.set(1, { ...p256(), state: "DESTROYED" });
    expect((await configErrorOf(open())).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("says that a named version is disabled", async () => {
    google.versions.set(1, { ...p256(), state: "DISABLED" });
    expect((await configErrorOf(open(`gcpkms://${GOOGLE_KEY}/versions/1`))).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("says that a key in another location is not there", async () => {
    const error = await configErrorOf(open(`gcpkms://${GOOGLE_KEY.replace("europe-west3", "us-east1")}/versions/1`));
    expect(error.code).toBe("SIGNER_UNAVAILABLE");
  });

  it.each<[string, Record<string, unknown>]>([
    ["another name", { name: `${GOOGLE_KEY}/cryptoKeyVersions/2` }],
    ["another checksum of the key", { pemCrc32c: "1" }],
    ["no checksum of the key", { pemCrc32c: undefined }],
    ["an algorithm that does not fit the key", { algorithm: "RSA_SIGN_PKCS1_2048_SHA256" }],
    ["no key", { pem: undefined }],
  ])("refuses a public key with %s", async (_, fields) => {
    google.intercept = tampered("/publicKey", fields);
    const error = await configErrorOf(open());
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", false]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["another name", { name: `${GOOGLE_KEY}/cryptoKeyVersions/2` }],
    ["a digest that was not checked", { verifiedDigestCrc32c: false }],
    ["a digest of which nothing is said", { verifiedDigestCrc32c: undefined }],
    ["another checksum", { signatureCrc32c: "1" }],
    ["no base64", { signature: "%%%%" }],
  ])("refuses a signature with %s", async (_, fields) => {
    const signer = await open();
    google.intercept = tampered(":asymmetricSign", {});
    await signer.sign(MESSAGE);
    google.intercept = tampered(":asymmetricSign", fields);
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", false]);
  });

  it.each<[string, object]>([
    [
      "versions of another key",
      { cryptoKeyVersions: [{ name: `${GOOGLE_KEY}2/cryptoKeyVersions/1`, state: "ENABLED" }] },
    ],
    ["a disabled version", { cryptoKeyVersions: [{ name: `${GOOGLE_KEY}/cryptoKeyVersions/1`, state: "DISABLED" }] }],
    ["pages without an end", { nextPageToken: "again" }],
    ["no list", { cryptoKeyVersions: "1" }],
  ])("refuses a list with %s", async (_, json) => {
    google.intercept = ({ path }) => (path.endsWith("/cryptoKeyVersions") ? { json } : undefined);
    expect((await configErrorOf(open())).code).toBe("SIGNING_FAILED");
    expect(google.received.length).toBeLessThan(20);
  });

  it("says that there are no credentials", async () => {
    useEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: "/nonexistent/credentials.json" });
    expect((await configErrorOf(open())).code).toBe("SIGNER_UNAVAILABLE");
    expect(google.received).toEqual([]);
  });

  it("says that the token service refuses, without the token it was shown", async () => {
    google.intercept = ({ path }) => (path === "/v1/token" ? googleError(400, "invalid_grant") : undefined);
    const error = await configErrorOf(open());
    expect(error.code).toBe("SIGNER_UNAVAILABLE");
    expect(shown(error)).not.toContain("the-identity-token-of-the-job");
  });
});
