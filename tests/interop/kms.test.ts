import { execFile } from "node:child_process";
import type { KeyPairKeyObjectResult } from "node:crypto";
import type { ExecFileException } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { openDevAuthority } from "@policy-pack/dev-authority";
import { digestOf } from "@policy-pack/pack";
import { openKmsSigner, signBlob } from "@policy-pack/sign";
import type { KeySigner } from "@policy-pack/sign";
import { verifyArtifact } from "@policy-pack/verify";
import { AWS_ARN, AWS_ENV, awsKey, startFakeAws } from "../../packages/sign/test/kms/support/aws.ts";
import { useEnvironment } from "../../packages/sign/test/kms/support/environment.ts";
import type { FakeServer } from "../../packages/sign/test/kms/support/fake-server.ts";
import { ecKey, rsaKey } from "../../packages/sign/test/kms/support/keys.ts";
import { selfSigned } from "../../packages/sign/test/kms/support/tls.ts";
import { startFakeVault, VAULT_TOKEN } from "../../packages/sign/test/kms/support/vault.ts";
import { describeWith } from "./tools.ts";

const DATA = Buffer.from("the artifact\n");
const KINDS = [
  ["P-256", () => ecKey(), "ecdsa-p256"],
  ["RSA", () => rsaKey(), "rsa-2048"],
] as const satisfies readonly (readonly [string, () => KeyPairKeyObjectResult, string])[];

let folder = "";
let trustedRoot = "";
let fake: FakeServer | undefined;
const at = (name: string) => path.join(folder, name);

describeWith("cosign", "cosign's and our signatures with keys in a service", (cosign) => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "kms-interop-"));
    writeFileSync(at("artifact"), DATA);
    trustedRoot = (await openDevAuthority(at("authority"))).trustedRoot();
    await run({}, "signing-config", "create", ...withoutServices(), "--out", at("signing-config.json"));
  });
  afterEach(async () => {
    await fake?.close();
    expect(fake?.complaints ?? []).toEqual([]);
    fake = undefined;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const withoutServices = () => ["fulcio", "oidc", "rekor", "tsa"].map((service) => `--no-default-${service}`);

  /** Runs cosign with nothing of this process's environment but its path. */
  function run(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
    const own = { PATH: process.env["PATH"] ?? "", HOME: folder, ...env };
    return new Promise((resolve, reject) => {
      execFile(cosign, args, { env: own, timeout: 30_000 }, (error: ExecFileException | null, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`cosign ${args.join(" ")}: ${stderr}`));
      });
    });
  }

  /** The bundle that cosign makes with the key. */
  async function signedByCosign(key: string, env: Readonly<Record<string, string>>): Promise<string> {
    const services = [
      "--signing-config",
      at("signing-config.json"),
      "--trusted-root",
      at("authority/trusted_root.json"),
    ];
    await run(env, "sign-blob", "-y", "--key", key, ...services, "--bundle", at("bundle"), at("artifact"));
    return readFileSync(at("bundle"), "utf8");
  }

  /** Our bundle, with the public key as a file unless the key is named. */
  async function acceptedByCosign(signer: KeySigner, key = at("key.pub"), env: Readonly<Record<string, string>> = {}) {
    writeFileSync(at("ours"), await signBlob(DATA, { signer, witnesses: [] }));
    writeFileSync(at("key.pub"), signer.publicKey);
    await run(env, "verify-blob", "--key", key, "--bundle", at("ours"), "--insecure-ignore-tlog", at("artifact"));
  }

  function acceptedByUs(bundle: string, publicKey: string) {
    return verifyArtifact({
      artifact: { digest: digestOf(DATA), bytes: DATA },
      bundle,
      trustedRoot,
      policy: { signers: [{ publicKey }] },
    });
  }

  it.each<readonly [string, () => KeyPairKeyObjectResult, string]>(KINDS)(
    "agree about a %s key of AWS KMS",
    async (_, make) => {
      const tls = selfSigned();
      writeFileSync(at("ca.pem"), tls.cert);
      const aws = await startFakeAws(tls);
      fake = aws;
      aws.keys.set(AWS_ARN, awsKey(make()));
      const key = `awskms://${new URL(aws.url).host}/${AWS_ARN}`;
      const env = { ...AWS_ENV, SSL_CERT_FILE: at("ca.pem") };
      useEnvironment(AWS_ENV);
      const signer = await openKmsSigner(key, { env: { ...AWS_ENV, AWS_CA_BUNDLE: at("ca.pem") } });
      expect(() => acceptedByUs("{}", signer.publicKey)).toThrow();
      acceptedByUs(await signedByCosign(key, env), signer.publicKey);
      await acceptedByCosign(signer);
      await acceptedByCosign(signer, key, env);
      expect(aws.received.map(({ headers }) => headers["x-amz-target"])).toContain("TrentService.DescribeKey");
    },
  );

  it.each(KINDS)("agree about a %s key of Vault, after a rotation too", async (kind, make, type) => {
    const vault = await startFakeVault({ key: make(), type });
    fake = vault;
    const env = { VAULT_ADDR: vault.url, VAULT_TOKEN };
    const before = await openKmsSigner("hashivault://release", { env });
    acceptedByUs(await signedByCosign("hashivault://release", env), before.publicKey);
    await acceptedByCosign(before);
    vault.versions.push(make());
    const after = await openKmsSigner("hashivault://release", { env });
    const bundle = await signedByCosign("hashivault://release", env);
    acceptedByUs(bundle, after.publicKey);
    expect(() => acceptedByUs(bundle, before.publicKey)).toThrow();
    await acceptedByCosign(after);
    // cosign asks Vault about version 1 unless told otherwise; and for PSS when it verifies with an RSA key, though it signs by PKCS #1 v1.5.
    const named = { ...env, VAULT_KEY_PREFIX: "vault:v2:" };
    const inVault = acceptedByCosign(after, "hashivault://release", named);
    await (kind === "RSA" ? expect(inVault).rejects.toThrow() : inVault);
  });
});
