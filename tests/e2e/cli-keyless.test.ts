import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer } from "@policy-pack/dev-authority";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { TempDir, TestAuthority } from "@policy-pack/testkit";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const WORKFLOW = {
  identity: "https://github.com/acme/policies/.github/workflows/release.yml@refs/heads/main",
  issuer: "https://token.actions.githubusercontent.com",
};

let folder: TempDir;
let cli: Cli;
let authority: TestAuthority;
let instance: AuthorityServer;
let token: string;
let flags: readonly string[];

function at(path: string): string {
  return join(folder.path, path);
}

function codeOf(answer: unknown): unknown {
  return (answer as { error?: { code?: unknown } }).error?.code;
}

/** Stands for GitHub's token service: gives the token to who brings the request's secret. */
async function startTokenService(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    response.statusCode = request.headers.authorization === "Bearer request-secret" ? 200 : 401;
    response.end(JSON.stringify({ value: token }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api=1` };
}

beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  authority = await createTestAuthority();
  instance = await startAuthorityServer(authority.authority);
  token = authority.authority.identityToken(WORKFLOW);
  await writeFile(at("root.json"), authority.trustedRoot);
  await writeFile(at("app.tar"), "any file");
  flags = [
    ...["--fulcio-url", instance.url, "--rekor-url", instance.url],
    ...["--timestamp-server-url", `${instance.url}/api/v1/timestamp`, "--trusted-root", "root.json"],
  ];
});

afterAll(async () => {
  await instance.close();
  await authority.close();
  await folder.remove();
});

describe("policy-pack sign, keyless with an instance of one's own", () => {
  const trust = ["--certificate-identity", WORKFLOW.identity, "--certificate-oidc-issuer", WORKFLOW.issuer];

  it("signs with the token in SIGSTORE_ID_TOKEN, beside the file, as its identity", async () => {
    const signed = await cli.json(["sign", "app.tar", ...flags], { env: { SIGSTORE_ID_TOKEN: token } });
    expect([signed.status, signed.answer]).toMatchObject([
      0,
      { bundle: at("app.tar.sigstore.json"), signer: WORKFLOW, note: null, trustedRoot: "root.json" },
    ]);
    const verify = ["verify", "app.tar", "--bundle", "app.tar.sigstore.json", "--trusted-root", "root.json"];
    expect((await cli.json([...verify, ...trust])).status).toBe(0);
    const other = ["--certificate-identity", `${WORKFLOW.identity}-evil`, ...trust.slice(2)];
    expect((await cli.json([...verify, ...other])).status).toBe(5);
  });

  it("signs with the token of GitHub's service", async () => {
    const { server, url } = await startTokenService();
    try {
      const env = {
        GITHUB_ACTIONS: "true",
        ACTIONS_ID_TOKEN_REQUEST_URL: url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-secret",
      };
      const { status, answer } = await cli.json(["sign", "app.tar", "--bundle", "github.json", ...flags], { env });
      expect([status, answer]).toMatchObject([0, { signer: WORKFLOW }]);
    } finally {
      server.close();
    }
  });

  it("exits 2 without a token, and writes nothing", async () => {
    const { status, answer } = await cli.json(["sign", "app.tar", "--bundle", "no-token.json", ...flags]);
    expect([status, codeOf(answer)]).toEqual([2, "SIGNER_UNAVAILABLE"]);
    await expect(readFile(at("no-token.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("writes no bundle that the given trusted root does not prove", async () => {
    const stranger = await createTestAuthority();
    await writeFile(at("stranger.json"), stranger.trustedRoot);
    await stranger.close();
    const wrong = [...flags.slice(0, -1), "stranger.json"];
    const options = { env: { SIGSTORE_ID_TOKEN: token } };
    const { status } = await cli.json(["sign", "app.tar", "--bundle", "unproven.json", ...wrong], options);
    expect(status).toBe(4);
    await expect(readFile(at("unproven.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("never prints the token", async () => {
    const options = { env: { SIGSTORE_ID_TOKEN: `${token}x` } };
    const { status, stdout, stderr } = await cli.run(["sign", "app.tar", "--bundle", "bad.json", ...flags], options);
    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain(token.split(".")[2]);
  });

  it.each([
    ["an instance named by half", (all: readonly string[]) => all.slice(0, 4)],
    [
      "a certificate authority in clear",
      (all: readonly string[]) => ["--fulcio-url", "http://ca.example", ...all.slice(2)],
    ],
    ["a log with a password", (all: readonly string[]) => [...all, "--rekor-url", "https://me:secret@log.example"]],
    ["a trusted root alone", () => ["--trusted-root", "root.json"]],
    ["an instance and the development authority", (all: readonly string[]) => [...all, "--dev-authority"]],
  ])("exits 2 for %s", async (_name, choose) => {
    const options = { env: { SIGSTORE_ID_TOKEN: token } };
    const { status, answer } = await cli.json(["sign", "app.tar", ...choose(flags)], options);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });
});
