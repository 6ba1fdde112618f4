import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { openDevAuthority, startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer, DevAuthority } from "@policy-pack/dev-authority";
import { describeWith } from "./tools.ts";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "openssl-interop-"));
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
});
