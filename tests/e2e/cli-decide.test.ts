import type { ChildProcess } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { BUNDLE, codeOf, createCheckout, DEV_ISSUER, DEV_ROOT, REVISION, TAR } from "./cli-checkout.ts";
import type { Checkout } from "./cli-checkout.ts";
import { ended, waitForOutput } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const ABAC = {
  subject: { tenant: "acme", purpose: "investigation" },
  resource: { tenant: "acme", retention_until: "2099-01-01T00:00:00Z" },
};

let checkout: Checkout;
let cli: Cli;
let digest: string;
let at: Checkout["at"];
let damage: Checkout["damage"];

beforeAll(async () => {
  checkout = await createCheckout();
  ({ cli, digest, at, damage } = checkout);
});

afterAll(() => checkout.remove());

describe("policy-pack eval", () => {
  const trusted = ["--bundle", BUNDLE, "--dev-authority"];
  const allow = ["--entrypoint", "cos/abac/allow"];

  it.each([
    [true, ABAC],
    [false, { ...ABAC, subject: { ...ABAC.subject, tenant: "globex" } }],
  ])("decides %s on the input of a file and of stdin", async (value, input) => {
    await writeFile(at("input.json"), JSON.stringify(input));
    const expected = { value, revision: REVISION, digest, verified: true };
    const file = await cli.json(["eval", TAR, ...allow, "--input", "input.json", ...trusted]);
    expect([file.status, file.answer]).toMatchObject([0, expected]);
    const stdin = await cli.json(["eval", TAR, ...allow, "--input", "-", ...trusted], { stdin: JSON.stringify(input) });
    expect([stdin.status, stdin.answer]).toMatchObject([0, expected]);
  });

  it("evaluates without an input document", async () => {
    const { status, answer } = await cli.json(["eval", TAR, ...allow, ...trusted]);
    expect([status, answer]).toMatchObject([0, { value: false }]);
  });

  it("warns on stderr, and says so in the answer, when nothing was verified", async () => {
    const { status, stderr, answer } = await cli.json(["eval", TAR, ...allow, "--unsafe-unverified"]);
    expect([status, answer]).toMatchObject([0, { value: false, verified: false }]);
    expect(stderr).toMatch(/^warning: .*--unsafe-unverified/);
  });

  it("exits 7 for an unknown entrypoint and for an undefined decision", async () => {
    const unknown = await cli.json(["eval", TAR, "--entrypoint", "cos/abac/nothing", ...trusted]);
    expect([unknown.status, codeOf(unknown.answer)]).toEqual([7, "ENTRYPOINT_UNKNOWN"]);
    await mkdir(at("contracts/partial/v1/opa"), { recursive: true });
    await writeFile(at("contracts/partial/v1/README.md"), "# Partial\n");
    await writeFile(
      at("contracts/partial/v1/opa/a.rego"),
      "package a\n\n# METADATA\n# entrypoint: true\nallow if input.ok\n",
    );
    await writeFile(
      at("contracts/partial/v1/manifest.json"),
      '{"manifest": {"revision": 1, "previousDigest": null}}\n',
    );
    expect((await cli.run(["build", "contracts/partial/v1"])).stderr).toBe("");
    const partial = ["eval", "dist/partial/v1/partial-v1.tar", "--entrypoint", "a/allow", "--unsafe-unverified"];
    const undefinedDecision = await cli.json([...partial, "--input", "-"], { stdin: "false" });
    expect([undefinedDecision.status, codeOf(undefinedDecision.answer)]).toEqual([7, "DECISION_UNDEFINED"]);
  });

  it("exits 3 for an input that is not JSON, and for one with a key twice", async () => {
    for (const stdin of ["", "{", '{"a": 1, "a": 2}']) {
      const { status, answer } = await cli.json(["eval", TAR, ...allow, "--input", "-", ...trusted], { stdin });
      expect([status, codeOf(answer)]).toEqual([3, "INPUT_INVALID"]);
    }
  });

  it("exits 4 for a changed pack and decides nothing", async () => {
    const pack = await damage(TAR, "changed.tar");
    const { status, stdout } = await cli.json(["eval", pack, ...allow, ...trusted]);
    expect(status).toBe(4);
    expect(stdout).not.toContain('"value"');
  });

  it.each([
    ["no trust at all", [TAR, ...allow, "--bundle", BUNDLE]],
    ["a tar without a bundle", [TAR, ...allow, "--dev-authority"]],
    ["no entrypoint", [TAR, ...trusted]],
    ["no pack", [...allow, ...trusted]],
    ["trust flags beside --unsafe-unverified", [TAR, ...allow, ...trusted, "--unsafe-unverified"]],
  ])("exits 2 for %s", async (_name, args) => {
    expect((await cli.json(["eval", ...args])).status).toBe(2);
  });
});

describe("policy-pack serve and fetch", () => {
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    server = cli.start(["serve", "--port", "0", "--json"]);
    const listening = JSON.parse(await waitForOutput(server, /\}\n/)) as { url: string };
    url = `${listening.url}/v1/policy/packs/policy-pack-v0`;
  });

  it("fetches what is served, verifies it and prints the folder", async () => {
    const { status, stdout } = await cli.run(["fetch", url, "--dir", "fetched", "--dev-authority"]);
    expect([status, stdout]).toEqual([0, `${at("fetched")}\n`]);
    expect(await readFile(at("fetched/opa/policy.wasm"))).toBeDefined();
    const again = await cli.json(["fetch", url, "--dir", "fetched", "--dev-authority"]);
    expect(again.answer).toMatchObject({ dir: at("fetched"), digest, packId: "policy-pack-v0", revision: REVISION });
  });

  it("unpacks into a new private folder without --dir, and leaves nothing there when it refuses", async () => {
    await mkdir(at("tmp"));
    const env = { TMPDIR: at("tmp") };
    const flags = ["--certificate-identity", "someone@example.com", ...DEV_ISSUER, ...DEV_ROOT];
    expect((await cli.run(["fetch", url, ...flags], { env })).status).toBe(5);
    expect(await readdir(at("tmp"))).toEqual([]);
    const { status, stdout } = await cli.run(["fetch", url, "--dev-authority"], { env });
    expect(status).toBe(0);
    expect(stdout.startsWith(at("tmp"))).toBe(true);
    const [parent = ""] = await readdir(at("tmp"));
    expect((await stat(at(`tmp/${parent}`))).mode & 0o777).toBe(0o700);
  });

  it("evaluates the unpacked folder only with --unsafe-unverified, and then as the same pack", async () => {
    const args = ["eval", "fetched", "--entrypoint", "cos/abac/allow"];
    const { answer } = await cli.json([...args, "--unsafe-unverified"]);
    expect(answer).toMatchObject({ digest, verified: false });
    expect((await cli.json([...args, "--bundle", BUNDLE, "--dev-authority"])).status).toBe(2);
  });

  it("evaluates what an address serves with --unsafe-unverified, warned", async () => {
    const args = ["eval", url, "--entrypoint", "cos/abac/allow", "--unsafe-unverified"];
    const { status, stderr, answer } = await cli.json(args);
    expect([status, answer]).toMatchObject([0, { digest, verified: false }]);
    expect(stderr).toMatch(/^warning: /);
  });

  it("evaluates a pack by its address", async () => {
    const args = ["eval", url, "--entrypoint", "cos/abac/allow", "--input", "-", "--dev-authority"];
    const { status, answer } = await cli.json(args, { stdin: JSON.stringify(ABAC) });
    expect([status, answer]).toMatchObject([0, { value: true, digest, verified: true }]);
  });

  it("exits 5 for another signer and writes no folder", async () => {
    const flags = ["--certificate-identity", "someone@example.com", ...DEV_ISSUER, ...DEV_ROOT];
    const { status, answer } = await cli.json(["fetch", url, "--dir", "refused", ...flags]);
    expect([status, codeOf(answer)]).toEqual([5, "IDENTITY_MISMATCH"]);
    await expect(readFile(at("refused/README.md"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("exits 6 for an unknown pack", async () => {
    const { status, answer } = await cli.json(["fetch", `${url}1`, "--dev-authority"]);
    expect([status, codeOf(answer)]).toEqual([6, "PACK_NOT_FOUND"]);
  });

  it("exits 2 when the port is taken, or none", async () => {
    const port = new URL(url).port;
    for (const value of [port, "65536", "http", ""]) {
      expect((await cli.json(["serve", "--port", value])).status).toBe(2);
    }
  });

  it("drains at SIGTERM and exits 0; then a fetch is refused with exit 6", async () => {
    server.kill("SIGTERM");
    expect(await ended(server)).toEqual({ status: 0, signal: null });
    const { status, answer } = await cli.json(["fetch", url, "--dev-authority"]);
    expect([status, answer]).toMatchObject([6, { error: { code: "FETCH_FAILED", retryable: false } }]);
  });
});
