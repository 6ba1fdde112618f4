import type { ChildProcess } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { createCli, ended, waitForOutput } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const ROOT = join(import.meta.dirname, "../..");
const TAR = "dist/policy-pack/v0/policy-pack-v0.tar";
const BUNDLE = "contracts/policy-pack/v0/signing/cosign.bundle.json";
const DEV = ["--certificate-oidc-issuer", "https://dev-authority.policy-pack.localhost", "--trusted-root"];
const DEV_ROOT = ".policy-pack/dev-authority/trusted_root.json";
const ABAC = {
  subject: { tenant: "acme", purpose: "investigation" },
  resource: { tenant: "acme", retention_until: "2099-01-01T00:00:00Z" },
};

let folder: TempDir;
let cli: Cli;
let digest: string;

function at(path: string): string {
  return join(folder.path, path);
}

/** A copy of a file with one byte changed in the middle. */
async function damage(path: string, copy: string): Promise<string> {
  const bytes = await readFile(at(path));
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(at(copy), bytes);
  return copy;
}

function codeOf(answer: unknown): unknown {
  return (answer as { error?: { code?: unknown } }).error?.code;
}

/** A checkout in a temporary folder: the repository's own pack, built and signed by the command. */
beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  await cp(join(ROOT, "contracts/policy-pack"), at("contracts/policy-pack"), {
    recursive: true,
    filter: (source) => !source.endsWith("cosign.bundle.json"),
  });
  const built = await cli.json(["build"]);
  digest = (built.answer as { digest: string }).digest;
  const signed = await cli.run(["sign"]);
  expect([built.status, signed.status]).toEqual([0, 0]);
});

afterAll(() => folder.remove());

describe("policy-pack init", () => {
  it("scaffolds a pack that builds, passes its tests, is signed, verified and decides", async () => {
    const init = await cli.json(["init", "contracts/access/v1"]);
    expect([init.status, init.answer]).toMatchObject([0, { packId: "access-v1" }]);
    const built = await cli.json(["build", "contracts/access/v1"]);
    expect([built.status, built.answer]).toMatchObject([0, { packId: "access-v1", revision: 1 }]);
    const { tests, entrypoints } = built.answer as { tests: { passed: number }; entrypoints: string[] };
    expect(tests.passed).toBeGreaterThan(0);
    const tar = "dist/access/v1/access-v1.tar";
    const signed = await cli.json(["sign", tar]);
    expect(signed.status).toBe(0);
    const { bundle } = signed.answer as { bundle: string };
    expect(bundle).toBe(at("contracts/access/v1/signing/cosign.bundle.json"));
    const trust = ["--bundle", bundle, "--dev-authority"];
    expect((await cli.run(["verify", tar, ...trust])).status).toBe(0);
    const entrypoint = ["--entrypoint", entrypoints[0] ?? ""];
    const decided = await cli.json(["eval", tar, ...entrypoint, "--input", "-", ...trust], { stdin: "{}" });
    expect([decided.status, decided.answer]).toMatchObject([0, { revision: "1", packId: "access-v1" }]);
  });

  it("refuses a folder that holds something, with exit 2, and leaves it as it was", async () => {
    await mkdir(at("contracts/full/v1"), { recursive: true });
    await writeFile(at("contracts/full/v1/notes.txt"), "mine");
    const { status } = await cli.json(["init", "contracts/full/v1"]);
    expect(status).toBe(2);
    expect(await readFile(at("contracts/full/v1/notes.txt"), "utf8")).toBe("mine");
  });

  it("refuses a folder that names no pack, with exit 2", async () => {
    const { status, answer } = await cli.json(["init", "somewhere"]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });
});

describe("policy-pack build", () => {
  it("prints artifacts and digests for people, and the same bytes the second time", async () => {
    const { status, stdout, stderr } = await cli.run(["build"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`${TAR}  `);
    expect(stdout).toContain(digest);
    expect(stdout).not.toContain("\u001b");
  });

  it("writes where the flags say", async () => {
    const { status } = await cli.run(["build", "--out", "out", "--tar", "elsewhere/pack.tar"]);
    expect(status).toBe(0);
    expect(await readFile(at("elsewhere/pack.tar"))).toEqual(await readFile(at(TAR)));
  });

  it("exits 2 and names all four ways to get OPA when it is missing", async () => {
    const { status, answer } = await cli.json(["build"], { env: { PATH: "/nonexistent" } });
    expect(status).toBe(2);
    expect(answer).toMatchObject({ error: { code: "TOOL_MISSING", retryable: false } });
    for (const way of ["PATH", ".bin/opa", "dev_install_opa.sh", "go install"]) {
      expect(JSON.stringify(answer)).toContain(way);
    }
  });

  it("exits 2 for a folder that is not there", async () => {
    expect((await cli.json(["build", "contracts/none/v1"])).status).toBe(2);
  });
});

describe("policy-pack sign", () => {
  it("says in one line that the development authority proves nothing to others", async () => {
    const { status, stdout } = await cli.run(["sign", TAR, "--bundle", "again.json"]);
    expect(status).toBe(0);
    expect(stdout.split("\n").filter((line) => line.includes("proves nothing to others"))).toHaveLength(1);
  });

  it("exits 2 on GitHub without OIDC and writes nothing", async () => {
    const options = { env: { GITHUB_ACTIONS: "true" } };
    const { status, answer } = await cli.json(["sign", TAR, "--bundle", "none.json"], options);
    expect([status, codeOf(answer)]).toEqual([2, "SIGNER_UNAVAILABLE"]);
    await expect(readFile(at("none.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("signs on GitHub with the development authority only when it is named", async () => {
    const options = { env: { GITHUB_ACTIONS: "true" } };
    const { status } = await cli.run(["sign", TAR, "--bundle", "named.json", "--dev-authority"], options);
    expect(status).toBe(0);
  });

  it("exits 4 for a pack whose manifest records other bytes", async () => {
    await cp(at("contracts"), at("stale/contracts"), { recursive: true });
    await mkdir(at("stale/dist/policy-pack/v0"), { recursive: true });
    const stale = await damage(TAR, `stale/${TAR}`);
    const { status, answer } = await cli.json(["sign", stale]);
    expect([status, codeOf(answer)]).toEqual([4, "DIGEST_MISMATCH"]);
  });
});

describe("policy-pack verify", () => {
  it.each([
    ["the development authority's flags", ["--dev-authority"]],
    ["cosign's flags", ["--certificate-identity", "dev@policy-pack.localhost", ...DEV, DEV_ROOT]],
  ])("proves the signer by %s", async (_name, trust) => {
    const { status, answer } = await cli.json(["verify", TAR, "--bundle", BUNDLE, ...trust]);
    expect(status).toBe(0);
    expect(answer).toMatchObject({
      verified: true,
      digest,
      signer: { identity: "dev@policy-pack.localhost", issuer: "https://dev-authority.policy-pack.localhost" },
    });
  });

  it("takes a digest in the file's place, and says for people what was proven", async () => {
    const { status, stdout } = await cli.run(["verify", digest, "--bundle", BUNDLE, "--dev-authority"]);
    expect(status).toBe(0);
    for (const fact of [digest, "dev@policy-pack.localhost", "https://dev-authority.policy-pack.localhost"]) {
      expect(stdout).toContain(fact);
    }
  });

  it("exits 4 for a file with one byte changed", async () => {
    const file = await damage(TAR, "changed.tar");
    expect((await cli.json(["verify", file, "--bundle", BUNDLE, "--dev-authority"])).status).toBe(4);
  });

  it("exits 3 for a bundle that is none", async () => {
    await writeFile(at("none-bundle.json"), "{");
    const { status, answer } = await cli.json(["verify", TAR, "--bundle", "none-bundle.json", "--dev-authority"]);
    expect([status, codeOf(answer)]).toEqual([3, "BUNDLE_INVALID"]);
  });

  it("exits 5 for another identity, and for one that only starts like it", async () => {
    for (const identity of [
      "someone@example.com",
      "dev@policy-pack.localhos",
      "dev@policy-pack.localhost.evil",
      ".*",
    ]) {
      const flags = ["--certificate-identity", identity, ...DEV, DEV_ROOT];
      const { status, answer } = await cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags]);
      expect([status, codeOf(answer)]).toEqual([5, "IDENTITY_MISMATCH"]);
    }
  });

  it("exits 4 against the public-good trusted root, which is what no --trusted-root means", async () => {
    const flags = ["--certificate-identity", "dev@policy-pack.localhost", ...DEV.slice(0, 2)];
    expect((await cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags])).status).toBe(4);
  });

  it.each([
    ["neither identity nor key", ["--trusted-root", DEV_ROOT]],
    ["an identity without an issuer", ["--certificate-identity", "dev@policy-pack.localhost"]],
    ["an issuer without an identity", DEV.slice(0, 2)],
    ["--dev-authority beside another root", ["--dev-authority", "--trusted-root", DEV_ROOT]],
    ["--dev-authority of a folder that is none", ["--dev-authority", "nowhere"]],
    ["a flag twice", ["--trusted-root", DEV_ROOT, "--trusted-root", DEV_ROOT]],
    ["a flag that is none", ["--insecure-ignore-tlog"]],
    ["a key that is not there", ["--key", "nokey.pem"]],
  ])("exits 2 for %s", async (_name, flags) => {
    const { status, answer } = await cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });

  it.each([
    ["no file", []],
    ["a file that is not there", ["absent.tar", "--bundle", BUNDLE]],
    ["no bundle", [TAR]],
  ])("exits 2 for %s", async (_name, args) => {
    expect((await cli.json(["verify", ...args, "--dev-authority"])).status).toBe(2);
  });
});

describe("policy-pack inspect", () => {
  it.each([
    [TAR, { kind: "pack", packId: "policy-pack-v0" }],
    [BUNDLE, { kind: "Sigstore bundle" }],
    ["contracts/policy-pack/v0/manifest.json", { kind: "manifest" }],
    [DEV_ROOT, { kind: "trusted root" }],
  ])("shows %s and says that nothing is verified", async (file, facts) => {
    const { status, answer } = await cli.json(["inspect", file]);
    expect([status, answer]).toMatchObject([0, { ...facts, verified: false }]);
    expect((await cli.run(["inspect", file])).stdout).toContain("not verified");
  });

  it.each([
    ["nothing", "", "ARCHIVE_INVALID"],
    ["JSON of another kind", '{"a": 1}', "INPUT_INVALID"],
    ["half a JSON", '{"a": ', "INPUT_INVALID"],
    ["noise", "noise", "ARCHIVE_INVALID"],
  ])("exits 3 for %s", async (_name, content, code) => {
    await writeFile(at("unknown"), content);
    const { status, answer } = await cli.json(["inspect", "unknown"]);
    expect([status, codeOf(answer)]).toEqual([3, code]);
  });
});

describe("policy-pack eval", () => {
  const trusted = ["--bundle", BUNDLE, "--dev-authority"];
  const allow = ["--entrypoint", "cos/abac/allow"];

  it.each([
    [true, ABAC],
    [false, { ...ABAC, subject: { ...ABAC.subject, tenant: "globex" } }],
  ])("decides %s on the input of a file and of stdin", async (value, input) => {
    await writeFile(at("input.json"), JSON.stringify(input));
    const expected = { value, revision: "1", digest, verified: true };
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
    expect(again.answer).toMatchObject({ dir: at("fetched"), digest, packId: "policy-pack-v0", revision: "1" });
  });

  it("evaluates a pack by its address", async () => {
    const args = ["eval", url, "--entrypoint", "cos/abac/allow", "--input", "-", "--dev-authority"];
    const { status, answer } = await cli.json(args, { stdin: JSON.stringify(ABAC) });
    expect([status, answer]).toMatchObject([0, { value: true, digest, verified: true }]);
  });

  it("exits 5 for another signer and writes no folder", async () => {
    const flags = ["--certificate-identity", "someone@example.com", ...DEV, DEV_ROOT];
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

describe("policy-pack doctor", () => {
  it("says what is installed", async () => {
    const { status, answer } = await cli.json(["doctor"]);
    expect([status, answer]).toMatchObject([0, { ready: true }]);
    const { checks } = answer as { checks: { name: string; state: string; found: string }[] };
    expect(checks.filter(({ state }) => state === "ok").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Node", "OPA", "public-good trusted root", "development authority"]),
    );
  });

  it("exits 2 without OPA and names all four ways to get it", async () => {
    const { status, stdout } = await cli.run(["doctor"], { env: { PATH: "/nonexistent" } });
    expect(status).toBe(2);
    for (const way of ["PATH", ".bin/opa", "dev_install_opa.sh", "go install"]) expect(stdout).toContain(way);
  });
});
