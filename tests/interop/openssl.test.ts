import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { openDevAuthority, startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer, DevAuthority } from "@policy-pack/dev-authority";
import { createCli } from "../e2e/cli-run.ts";
import { describeWith } from "./tools.ts";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "openssl-interop-"));
const PKCS8 = { format: "pem", type: "pkcs8" } as const;
const at = (name: string) => path.join(folder, name);

let authority: DevAuthority;
let server: AuthorityServer;

beforeAll(async () => {
  authority = await openDevAuthority(at("authority"));
  server = await startAuthorityServer(authority);
  const root = JSON.parse(authority.trustedRoot()) as {
    timestampAuthorities: [{ certChain: { certificates: [{ rawBytes: string }, { rawBytes: string }] } }];
  };
  const [leaf, issuer] = root.timestampAuthorities[0].certChain.certificates;
  writeFileSync(at("leaf.pem"), new X509Certificate(Buffer.from(leaf.rawBytes, "base64")).toString());
  writeFileSync(at("root.pem"), new X509Certificate(Buffer.from(issuer.rawBytes, "base64")).toString());
  writeFileSync(at("data"), "what is timestamped");
  writeFileSync(at("other"), "what is not");
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Both commands that sign. */
const SIGNED = [
  ["sign", ["--key", "app.key"]],
  ["sign", ["--identity-token", "token"]],
  ["attest", ["--key", "app.key", "--type", "https://example.com/review/v1", "--predicate", "predicate.json"]],
] as const;

interface SignedBundle {
  readonly verificationMaterial: {
    readonly timestampVerificationData: { readonly rfc3161Timestamps: readonly [{ readonly signedTimestamp: string }] };
  };
  readonly messageSignature?: { readonly signature: string };
  readonly dsseEnvelope?: { readonly signatures: readonly [{ readonly sig: string }] };
}

describeWith("openssl", "openssl ts and our timestamps", (openssl) => {
  async function isVerified(...args: readonly string[]): Promise<boolean> {
    try {
      const { stdout } = await run(openssl, [
        "ts",
        "-verify",
        "-in",
        at("response"),
        "-CAfile",
        at("root.pem"),
        ...args,
      ]);
      return stdout.includes("Verification: OK");
    } catch {
      return false;
    }
  }

  it("accepts one without a certificate, given the authority's", async () => {
    const hash = createHash("sha256").update("what is timestamped").digest();
    writeFileSync(at("response"), authority.timestamp({ algorithm: "sha256", hash, withCertificate: false }));
    expect(await isVerified("-data", at("data"), "-untrusted", at("leaf.pem"))).toBe(true);
    expect(await isVerified("-data", at("other"), "-untrusted", at("leaf.pem"))).toBe(false);
  });

  it.each(["sha256", "sha384", "sha512"])(
    "asks over HTTP with %s, a nonce and a wish for the certificate",
    async (hash) => {
      await run(openssl, ["ts", "-query", "-data", at("data"), `-${hash}`, "-cert", "-out", at("query")]);
      const { stdout } = await run(openssl, ["ts", "-query", "-in", at("query"), "-text"]);
      expect(stdout).toContain("Nonce: 0x");
      const response = await fetch(`${server.url}/api/v1/timestamp`, {
        method: "POST",
        headers: { "content-type": "application/timestamp-query" },
        body: readFileSync(at("query")),
      });
      writeFileSync(at("response"), Buffer.from(await response.arrayBuffer()));
      expect(await isVerified("-queryfile", at("query"))).toBe(true);
    },
  );

  it.each(SIGNED)(
    "accepts the one in the bundle of policy-pack %s %j, over its signature alone",
    async (verb, flags) => {
      writeFileSync(at("signing-config.json"), server.signingConfig(2));
      writeFileSync(at("token"), authority.identityToken());
      writeFileSync(at("predicate.json"), "{}");
      writeFileSync(at("app.key"), generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(PKCS8));
      const services = ["--signing-config", "signing-config.json", "--trusted-root", "authority/trusted_root.json"];
      const cli = await createCli(folder);
      const signed = await cli.run([verb, "data", ...flags, ...services, "--bundle", "bundle.json"]);
      expect([signed.status, signed.stderr]).toEqual([0, ""]);
      const bundle = JSON.parse(readFileSync(at("bundle.json"), "utf8")) as SignedBundle;
      const [{ signedTimestamp }] = bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps;
      const signature = bundle.messageSignature?.signature ?? bundle.dsseEnvelope?.signatures[0].sig ?? "";
      writeFileSync(at("response"), Buffer.from(signedTimestamp, "base64"));
      writeFileSync(at("signature"), Buffer.from(signature, "base64"));
      expect(await isVerified("-data", at("signature"), "-untrusted", at("leaf.pem"))).toBe(true);
      expect(await isVerified("-data", at("data"), "-untrusted", at("leaf.pem"))).toBe(false);
    },
  );
});
