import type { KeyObject } from "node:crypto";
import type { KmsOptions } from "../../../src/kms/context.ts";
import { AWS_ARN, AWS_ENV, AWS_SECRET, AWS_SESSION, awsError, awsKey, startFakeAws } from "./aws.ts";
import { AZURE_HOST, AZURE_SECRET, AZURE_TOKEN, azureError, startFakeAzure } from "./azure.ts";
import { useEnvironment } from "./environment.ts";
import type { FakeServer, Received, Reply } from "./fake-server.ts";
import { GOOGLE_KEY, GOOGLE_TOKEN, googleError, startFakeGoogle } from "./google.ts";
import { ecKey } from "./keys.ts";
import { startFakeVault, VAULT_TOKEN } from "./vault.ts";

/** A service over HTTP with a key in it, and how it says what goes wrong. */
export interface Harness {
  readonly fake: FakeServer;
  readonly uri: string;
  readonly options: KmsOptions;
  /** Public half of what the URI names now. */
  publicKey(): KeyObject;
  /** Makes the URI name another key or version, as a rotation does. */
  rotate(): void;
  /** Puts another key in the place of the one that the URI names now, under the same name and version. */
  replace(): unknown;
  isSigning(request: Received): boolean;
  readonly throttled: Reply;
  readonly denied: Reply;
  readonly disabled: Reply;
  /** Never to be seen in an error. */
  readonly secrets: readonly string[];
}

export interface Provider {
  readonly scheme: string;
  start(): Promise<Harness>;
}

const quick = { retryDelayMs: 0, timeoutMs: 10_000, retries: 2 } as const;

export const PROVIDERS: readonly Provider[] = [
  { scheme: "awskms", start: startAws },
  { scheme: "gcpkms", start: startGoogle },
  { scheme: "azurekms", start: startAzure },
  { scheme: "hashivault", start: startVault },
];

async function startAws(): Promise<Harness> {
  const fake = await startFakeAws();
  useEnvironment(AWS_ENV);
  return {
    fake,
    uri: "awskms:///alias/release",
    options: { ...quick, env: AWS_ENV, endpoint: fake.url },
    publicKey: () => fake.keys.get(fake.alias)?.key.publicKey ?? absent(),
    rotate: () => {
      fake.alias = AWS_ARN.replace(/^(.*)key\/1234/, "$1key/9999");
      fake.keys.set(fake.alias, awsKey(ecKey()));
    },
    replace: () => fake.keys.set(fake.alias, awsKey(ecKey())),
    isSigning: ({ headers }) => headers["x-amz-target"] === "TrentService.Sign",
    throttled: awsError("ThrottlingException", "Rate exceeded"),
    denied: awsError("AccessDeniedException", `User is not authorized to perform this with ${AWS_SESSION}`),
    disabled: awsError("DisabledException", "the key is disabled"),
    secrets: [AWS_SECRET, AWS_SESSION],
  };
}

async function startGoogle(): Promise<Harness> {
  const fake = await startFakeGoogle();
  useEnvironment({ GOOGLE_APPLICATION_CREDENTIALS: fake.credentialsFile });
  return {
    fake,
    uri: `gcpkms://${GOOGLE_KEY}`,
    options: { ...quick, env: {}, endpoint: fake.url },
    publicKey: () => fake.versions.get(Math.max(...fake.versions.keys()))?.key.publicKey ?? absent(),
    rotate: () => {
      fake.versions.set(10, { key: ecKey(), algorithm: "EC_SIGN_P256_SHA256", state: "ENABLED" });
    },
    replace: () => fake.versions.set(1, { key: ecKey(), algorithm: "EC_SIGN_P256_SHA256", state: "ENABLED" }),
    isSigning: ({ path }) => path.endsWith(":asymmetricSign"),
    throttled: googleError(429, "RESOURCE_EXHAUSTED"),
    denied: { status: 403, json: { error: { message: `not with ${GOOGLE_TOKEN}` } } },
    disabled: googleError(400, "FAILED_PRECONDITION"),
    secrets: [GOOGLE_TOKEN],
  };
}

async function startAzure(): Promise<Harness> {
  const fake = await startFakeAzure();
  useEnvironment(fake.env);
  return {
    fake,
    uri: `azurekms://${AZURE_HOST}/release`,
    options: { ...quick, env: fake.env, endpoint: fake.url },
    publicKey: () => [...fake.versions.values()].at(-1)?.publicKey ?? absent(),
    rotate: () => {
      fake.rotate();
    },
    replace: () => fake.versions.set([...fake.versions.keys()].at(-1) ?? "", ecKey()),
    isSigning: ({ path }) => path.endsWith("/sign"),
    throttled: azureError(429, "TooManyRequests"),
    denied: { status: 403, json: { error: { message: `not with ${AZURE_TOKEN}` } } },
    disabled: azureError(400, "KeyDisabled"),
    secrets: [AZURE_TOKEN, AZURE_SECRET],
  };
}

async function startVault(): Promise<Harness> {
  const fake = await startFakeVault();
  return {
    fake,
    uri: "hashivault://release",
    options: { ...quick, env: { VAULT_ADDR: fake.url, VAULT_TOKEN } },
    publicKey: () => fake.versions.at(-1)?.publicKey ?? absent(),
    rotate: () => {
      fake.rotate();
    },
    replace: () => fake.versions.splice(-1, 1, ecKey()),
    isSigning: ({ path }) => path.includes("/sign/"),
    throttled: { status: 429, json: { errors: ["rate limit quota exceeded"] } },
    denied: { status: 403, json: { errors: [`permission denied for ${VAULT_TOKEN}`] } },
    disabled: { status: 400, json: { errors: ["the key is not available for signing"] } },
    secrets: [VAULT_TOKEN],
  };
}

function absent(): never {
  throw new Error("the fake has no key");
}
