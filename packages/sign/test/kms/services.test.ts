import { verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openKmsSigner } from "../../src/kms/open.ts";
import { toMessage } from "../../src/message.ts";
import { configErrorOf, shown } from "./support/errors.ts";
import { startFakeServer } from "./support/fake-server.ts";
import type { Received, Reply } from "./support/fake-server.ts";
import { pemOf } from "./support/keys.ts";
import { PROVIDERS } from "./support/providers.ts";
import type { Harness } from "./support/providers.ts";
import { selfSigned } from "./support/tls.ts";

const DATA = Buffer.from("the artifact\n");
const MESSAGE = toMessage(DATA);

describe.each(PROVIDERS)("openKmsSigner with $scheme", (provider) => {
  let service: Harness;
  const open = (options: Partial<Harness["options"]> = {}) =>
    openKmsSigner(service.uri, { ...service.options, ...options });
  const onSigning =
    (...replies: Reply[]) =>
    (request: Received): Reply | undefined =>
      service.isSigning(request) ? replies.shift() : undefined;
  const always =
    (reply: Reply) =>
    (request: Received): Reply | undefined =>
      service.isSigning(request) ? reply : undefined;
  const signings = () => service.fake.received.filter((request) => service.isSigning(request)).length;

  beforeEach(async () => {
    service = await provider.start();
  });
  afterEach(async () => {
    await service.fake.close();
    expect(service.fake.complaints).toEqual([]);
  });

  it("gives a signature that the service's public key verifies", async () => {
    const signer = await open();
    const { signature, key } = await signer.sign(MESSAGE);
    expect(signer.publicKey).toBe(pemOf(service.publicKey()));
    expect(key.kind).toBe("publicKey");
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it("signs several messages at once", async () => {
    const signer = await open();
    const datas = ["a", "b", "c"].map((text) => Buffer.from(text));
    const signatures = await Promise.all(datas.map((data) => signer.sign(toMessage(data))));
    expect(
      signatures.map(({ signature }, index) => verify("sha256", datas[index] ?? DATA, signer.publicKey, signature)),
    ).toEqual([true, true, true]);
  });

  it("goes on with the key that it opened when the key is rotated", async () => {
    const signer = await open();
    service.rotate();
    const { signature } = await signer.sign(MESSAGE);
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
    expect(signer.publicKey).not.toBe(pemOf(service.publicKey()));
  });

  it("opens the newest version after a rotation", async () => {
    service.rotate();
    const signer = await open();
    const { signature } = await signer.sign(MESSAGE);
    expect(signer.publicKey).toBe(pemOf(service.publicKey()));
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it("refuses a signature of another key under the same name and version", async () => {
    const signer = await open();
    service.replace();
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable, signings()]).toEqual(["SIGNING_FAILED", false, 1]);
  });

  it("refuses a digest that is no SHA-256", async () => {
    const signer = await open();
    await expect(signer.sign({ ...MESSAGE, digest: new Uint8Array(20) })).rejects.toThrow(TypeError);
    expect(signings()).toBe(0);
  });

  it("tries again when it is throttled, and succeeds", async () => {
    const signer = await open();
    service.fake.intercept = onSigning(service.throttled, { status: 503, text: "{}" });
    await signer.sign(MESSAGE);
    expect(signings()).toBe(3);
  });

  it.each<[string, () => Reply]>([
    ["is throttled each time", () => service.throttled],
    ["is answered 503 each time", () => ({ status: 503, text: "{}" })],
    ["is cut off each time", () => "hang-up"],
  ])("gives up after its retries when it %s, in a way that may be retried", async (_, reply) => {
    const signer = await open();
    service.fake.intercept = always(reply());
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable, signings()]).toEqual(["SIGNING_FAILED", true, 3]);
  });

  it("does not wait for an answer longer than it may", async () => {
    const signer = await open({ timeoutMs: 300, retries: 1 });
    service.fake.intercept = always("silence");
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable, signings()]).toEqual(["SIGNING_FAILED", true, 2]);
  });

  it("stops when it is cancelled", async () => {
    const controller = new AbortController();
    const signer = await open({ signal: controller.signal });
    service.fake.intercept = (request) => {
      if (!service.isSigning(request)) return undefined;
      controller.abort();
      return "silence";
    };
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable, signings()]).toEqual(["SIGNING_FAILED", false, 1]);
    const again = await configErrorOf(signer.sign(MESSAGE));
    expect([again.code, signings()]).toEqual(["SIGNING_FAILED", 1]);
  });

  it.each<[string, () => Reply]>([
    ["denied", () => service.denied],
    ["disabled", () => service.disabled],
  ])("says that a %s key is unavailable, once, and no secret", async (_, reply) => {
    const signer = await open();
    service.fake.intercept = always(reply());
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable, signings()]).toEqual(["SIGNER_UNAVAILABLE", false, 1]);
    service.secrets.forEach((secret) => {
      expect(shown(error)).not.toContain(secret);
    });
  });

  it("refuses to open a key that is denied", async () => {
    service.fake.intercept = ({ path }) => (path.includes("token") ? undefined : service.denied);
    expect((await configErrorOf(open())).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("does not follow a redirect", async () => {
    const elsewhere = await startFakeServer(() => ({ json: {} }));
    const signer = await open();
    service.fake.intercept = always({ status: 307, headers: { location: elsewhere.url } });
    const error = await configErrorOf(signer.sign(MESSAGE));
    await elsewhere.close();
    expect([error.code, error.retryable, elsewhere.received]).toEqual(["SIGNING_FAILED", false, []]);
  });

  it.each<[string, Reply]>([
    ["not JSON", { text: "<html>" }],
    ["empty", { text: "" }],
    ["an array", { text: "[]" }],
    ["without any field", { json: {} }],
    ["with a field twice", { text: '{"name":"a","name":"a"}' }],
    ["an answer without an end", "endless"],
    ["an answer that is too long", { text: `{"data":"${"a".repeat(2 * 1024 * 1024)}"}` }],
    ["another status of success", { status: 202, json: {} }],
  ])("refuses an answer that is %s", async (_, reply) => {
    const signer = await open();
    service.fake.intercept = always(reply);
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", false]);
  });

  it("says that nothing listens at the address", async () => {
    const gone = await startFakeServer(() => ({}));
    await gone.close();
    const env = { ...service.options.env, VAULT_ADDR: gone.url };
    const error = await configErrorOf(open({ env, endpoint: gone.url, retries: 0 }));
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", true]);
  });

  it("does not talk to a server whose certificate is not trusted", async () => {
    const stranger = await startFakeServer(() => ({ json: {} }), selfSigned());
    const error = await configErrorOf(open({ endpoint: stranger.url }));
    await stranger.close();
    expect([error.code, error.retryable, stranger.received]).toEqual(["SIGNING_FAILED", false, []]);
  });

  it("refuses an endpoint that would send credentials in clear", async () => {
    const error = await configErrorOf(open({ endpoint: "http://kms.example.com" }));
    expect(error.code).toBe("CONFIG_INVALID");
  });
});
