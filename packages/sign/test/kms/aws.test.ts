import { verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openKmsSigner } from "../../src/kms/open.ts";
import { toMessage } from "../../src/message.ts";
import {
  AWS_ARN,
  AWS_ENV,
  AWS_ID,
  AWS_REGION,
  AWS_SECRET,
  AWS_SESSION,
  awsError,
  awsKey,
  startFakeAws,
} from "./support/aws.ts";
import type { FakeAws } from "./support/aws.ts";
import { useEnvironment } from "./support/environment.ts";
import { configErrorOf, shown } from "./support/errors.ts";
import { ecKey, rsaKey, signDigest, spkiOf } from "./support/keys.ts";
import { selfSigned } from "./support/tls.ts";

const DATA = Buffer.from("the artifact\n");
const MESSAGE = toMessage(DATA);

let aws: FakeAws;
beforeEach(async () => {
  useEnvironment(AWS_ENV);
  aws = await startFakeAws();
});
afterEach(async () => {
  await aws.close();
  expect(aws.complaints).toEqual([]);
});

const open = (key: string, env: Readonly<Record<string, string>> = AWS_ENV) =>
  openKmsSigner(`awskms:///${key}`, { env, endpoint: aws.url, retries: 0, retryDelayMs: 0 });
const own = () => aws.keys.get(AWS_ARN) ?? awsKey(ecKey());

describe("openKmsSigner with awskms", () => {
  it.each([
    ["a key's id", AWS_ID],
    ["a key's ARN", AWS_ARN],
    ["an alias", "alias/release"],
    ["an alias's ARN", AWS_ARN.replace(`key/${AWS_ID}`, "alias/release")],
  ])("opens %s", async (_, key) => {
    const signer = await open(key);
    const { signature } = await signer.sign(MESSAGE);
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
    expect(aws.received.map(({ body }) => (JSON.parse(body.toString()) as { KeyId: string }).KeyId)).toEqual([
      key,
      AWS_ARN,
    ]);
  });

  it("signs with an RSA key by PKCS #1 v1.5", async () => {
    aws.keys.set(AWS_ARN, awsKey(rsaKey()));
    const signer = await open(AWS_ID);
    const { signature } = await signer.sign(MESSAGE);
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it("takes the region of an ARN before that of the environment", async () => {
    await open(AWS_ARN, { ...AWS_ENV, AWS_REGION: "us-east-1" });
    expect(aws.received[0]?.headers.authorization).toContain(`/${AWS_REGION}/kms/`);
  });

  it("says that the region is another, and shows no credential", async () => {
    const error = await configErrorOf(open(AWS_ID, { ...AWS_ENV, AWS_REGION: "us-east-1" }));
    expect([error.code, error.retryable]).toEqual(["SIGNER_UNAVAILABLE", false]);
    expect(error.message).toContain("us-east-1");
    [AWS_SECRET, AWS_SESSION].forEach((secret) => {
      expect(shown(error)).not.toContain(secret);
    });
  });

  it("says that a secret key is wrong, and shows no credential", async () => {
    useEnvironment({ AWS_SECRET_ACCESS_KEY: "another-secret-access-key" });
    const error = await configErrorOf(open(AWS_ID));
    expect(error.code).toBe("SIGNER_UNAVAILABLE");
    expect(shown(error)).not.toContain(AWS_SESSION);
  });

  it("says that there are no credentials", async () => {
    useEnvironment({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" });
    expect((await configErrorOf(open(AWS_ID))).code).toBe("SIGNER_UNAVAILABLE");
    expect(aws.received).toEqual([]);
  });

  it("says that no region is known", async () => {
    useEnvironment({ AWS_REGION: "" });
    const error = await configErrorOf(open(AWS_ID, { ...AWS_ENV, AWS_REGION: "" }));
    expect([error.code, aws.received]).toEqual(["CONFIG_INVALID", []]);
  });

  it.each([
    ["NotFoundException", "SIGNER_UNAVAILABLE", false],
    ["InvalidArnException", "SIGNER_UNAVAILABLE", false],
    ["ExpiredTokenException", "SIGNER_UNAVAILABLE", false],
    ["KMSInvalidStateException", "SIGNER_UNAVAILABLE", false],
    ["InvalidKeyUsageException", "KEY_INVALID", false],
    ["KeyUnavailableException", "SIGNING_FAILED", true],
    ["DependencyTimeoutException", "SIGNING_FAILED", true],
    ["SomethingNewException", "SIGNER_UNAVAILABLE", false],
  ])("turns %s into %s", async (type, code, retryable) => {
    const signer = await open(AWS_ID);
    aws.intercept = () => awsError(type, "refused");
    const error = await configErrorOf(signer.sign(MESSAGE));
    expect([error.code, error.retryable]).toEqual([code, retryable]);
  });

  it.each([
    ["ECC_NIST_P384", () => ecKey("P-384")],
    ["ECC_SECG_P256K1", () => ecKey("secp256k1")],
    ["SM2", () => ecKey()],
    ["ML_DSA_65", () => ecKey()],
  ])("refuses the spec %s by name", async (spec, key) => {
    aws.keys.set(AWS_ARN, { ...awsKey(key()), spec });
    const error = await configErrorOf(open(AWS_ID));
    expect([error.code, error.message.includes(spec)]).toEqual(["KEY_INVALID", true]);
  });

  it("refuses a key that is for encryption", async () => {
    aws.keys.set(AWS_ARN, { ...awsKey(rsaKey()), usage: "ENCRYPT_DECRYPT" });
    expect((await configErrorOf(open(AWS_ID))).code).toBe("KEY_INVALID");
  });

  it.each<[string, () => object]>([
    ["of another key", () => ({ KeyId: AWS_ARN.replace("1234abcd", "9999abcd") })],
    ["of another account", () => ({ KeyId: AWS_ARN.replace("111122223333", "444455556666") })],
    ["without a name", () => ({ KeyId: undefined })],
    ["whose spec does not fit", () => ({ KeySpec: "RSA_2048", SigningAlgorithms: ["RSASSA_PKCS1_V1_5_SHA_256"] })],
    ["that does not sign SHA-256 digests", () => ({ SigningAlgorithms: ["ECDSA_SHA_384"] })],
    ["that is absent", () => ({ PublicKey: undefined })],
  ])("refuses a public key %s", async (_, fields) => {
    const told = {
      KeyId: AWS_ARN,
      KeySpec: "ECC_NIST_P256",
      KeyUsage: "SIGN_VERIFY",
      PublicKey: spkiOf(own().key.publicKey).toString("base64"),
      SigningAlgorithms: ["ECDSA_SHA_256"],
    };
    aws.intercept = () => ({ json: told });
    await open(AWS_ARN);
    aws.intercept = () => ({ json: { ...told, ...fields() } });
    const error = await configErrorOf(open(AWS_ARN));
    expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", false]);
  });

  it.each<[string, object]>([
    ["of another key", { KeyId: AWS_ARN.replace("1234abcd", "9999abcd") }],
    ["of another algorithm", { SigningAlgorithm: "ECDSA_SHA_384" }],
    ["that is absent", { Signature: undefined }],
  ])("refuses a signature %s", async (_, fields) => {
    const signer = await open(AWS_ID);
    const signature = signDigest(MESSAGE.digest, own().key.privateKey).toString("base64");
    const told = { KeyId: AWS_ARN, SigningAlgorithm: "ECDSA_SHA_256", Signature: signature };
    aws.intercept = () => ({ json: told });
    await signer.sign(MESSAGE);
    aws.intercept = () => ({ json: { ...told, ...fields } });
    expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNING_FAILED");
  });

  it("reaches the endpoint in the URI by TLS, with the CA that AWS_CA_BUNDLE names", async () => {
    const tls = selfSigned();
    const folder = mkdtempSync(path.join(tmpdir(), "aws-ca-"));
    const bundle = path.join(folder, "ca.pem");
    writeFileSync(bundle, tls.cert);
    const secure = await startFakeAws(tls);
    const uri = `awskms://${new URL(secure.url).host}/${AWS_ID}`;
    const signer = await openKmsSigner(uri, { env: { ...AWS_ENV, AWS_CA_BUNDLE: bundle } });
    const { signature } = await signer.sign(MESSAGE);
    const error = await configErrorOf(openKmsSigner(uri, { env: AWS_ENV, retries: 0 }));
    await secure.close();
    rmSync(folder, { recursive: true });
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
    expect([error.code, error.retryable, secure.received.length]).toEqual(["SIGNING_FAILED", false, 2]);
  });
});
