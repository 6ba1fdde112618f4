import { beforeAll, describe, expect, it } from "@jest/globals";
import { runCli } from "../src/program.ts";
import { createKeyHolder, denylist, FILE, runJson, writeFiles } from "./signed-files.ts";
import type { KeyHolder } from "./signed-files.ts";
import { createTerminal, withFolder } from "./support.ts";

let alice: KeyHolder;
let bob: KeyHolder;

beforeAll(async () => {
  [alice, bob] = [await createKeyHolder(), await createKeyHolder()];
});

async function prepare(cwd: string): Promise<void> {
  const policy = {
    signers: [{ name: "alice", publicKey: alice.publicKey }],
    denylist: { signers: [{ name: "bob", publicKey: bob.publicKey }] },
  };
  await writeFiles(cwd, {
    file: FILE.toString(),
    "a.json": await alice.sign(),
    "deny.json": await denylist(bob, []),
    "policy.json": policy,
    "alice.pem": alice.publicKey,
    "bob.pem": bob.publicKey,
    "no.txt": "no bundle",
  });
}

async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  return withFolder(async (cwd) => {
    await prepare(cwd);
    const terminal = createTerminal({ cwd });
    const status = await runCli(["verify", "file", ...args], terminal);
    return { status, out: terminal.out(), err: terminal.err() };
  });
}

const LISTED = ["--policy", "policy.json", "--bundle", "a.json", "--denylist", "deny.json"];

describe("policy-pack verify, for people", () => {
  it("prints a line for each demand and each bundle, no step and nothing as wide as 120 columns", async () => {
    const { status, out } = await run(...LISTED);
    expect(status).toBe(0);
    expect(out).toMatch(/^accepted +signature +a\.json +alice$/m);
    expect(out).toMatch(/^accepted +denylist +deny\.json +bob$/m);
    expect(out).not.toMatch(/parse bundle|\[0\]/);
    expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThan(120);
  });

  it("prints every step with --steps", async () => {
    const { out } = await run(...LISTED, "--steps");
    expect(out.match(/passed +parse bundle/g)).toHaveLength(2);
  });

  it("prints the message of a rejection once, and the steps that led to it", async () => {
    const { status, out, err } = await run("--bundle", "a.json", "--key", "bob.pem");
    expect([status, out]).toEqual([5, ""]);
    const [, message = ""] = /^error KEY_MISMATCH: (.*)$/m.exec(err) ?? [];
    expect(err.split(message)).toHaveLength(2);
    expect(err).toMatch(/steps of a\.json\n.*passed +parse bundle/);
    expect(err).not.toMatch(/not reached|\[0\]/);
  });

  it("says that a key alone vouches, and names no trusted root that nothing was proven by", async () => {
    const { out } = await run("--bundle", "a.json", "--key", "alice.pem");
    expect(out).toMatch(/^trusted root +none: the key alone$/m);
    const { out: explained } = await run("--bundle", "a.json", "--key", "alice.pem", "--explain");
    expect(explained).toContain("rests on the key alone");
    expect(`${out}${explained}`).not.toContain("public-good");
  });

  it.each([
    ["a bundle that is none", ["--bundle", "no.txt", "--key", "alice.pem"], /^error BUNDLE_INVALID: no\.txt: /],
    ["a list that is none", [...LISTED.slice(0, 5), "no.txt"], /^error BUNDLE_INVALID: no\.txt: /],
    ["a list that is not there", [...LISTED.slice(0, 5), "nix"], /^error CONFIG_INVALID: The denylist nix /],
    ["a key that is none", ["--bundle", "a.json", "--key", "no.txt"], /^error CONFIG_INVALID: --key no\.txt: /],
  ])("names the file of %s", async (_name, args, words) => {
    const { status, err } = await run(...args);
    expect(status).not.toBe(0);
    expect(err).toMatch(words);
    expect(err).not.toContain("policy-pack sign");
  });

  it.each([
    [["--certificate-identity-regexp", "^a(b$"], /--certificate-identity-regexp cannot/],
    [
      ["--certificate-identity", "a", "--certificate-github-workflow-ref", "main"],
      /--certificate-github-workflow-ref can/,
    ],
  ])("names the flag of a signer that cannot be used: %j", async (flags, words) => {
    const { status, err } = await run("--bundle", "a.json", ...flags, "--certificate-oidc-issuer", "https://a.example");
    expect(status).toBe(2);
    expect(err).toMatch(words);
    expect(err).not.toContain("policy cannot");
  });
});

describe("policy-pack verify --json", () => {
  it("names the file of each bundle, those of lists too", () =>
    withFolder(async (cwd) => {
      await prepare(cwd);
      const { answer } = await runJson(cwd, "verify", "file", ...LISTED);
      expect(answer).toMatchObject({
        trustedRoot: "none: the key alone",
        report: { bundles: [{ file: "a.json" }], denylist: { bundles: [{ file: "deny.json" }] } },
      });
    }));
});

describe("policy-pack verify --help", () => {
  it("has sections for trust and for summaries, and prints up to 100 columns where there is no terminal", async () => {
    const terminal = createTerminal();
    expect(await runCli(["verify", "--help"], terminal)).toBe(0);
    const [own = "", trust = "", summary = ""] = terminal.out().split(/^(?:Whom to trust|Sign a summary):$/m);
    expect([own, trust, summary].map((part) => /^ {2}(--bundle|--key|--attest-key) /m.exec(part)?.[1])).toEqual([
      "--bundle",
      "--key",
      "--attest-key",
    ]);
    const [options = ""] = terminal.out().split("\nExamples:");
    const widest = Math.max(...options.split("\n").map(({ length }) => length));
    expect(widest).toBeGreaterThan(90);
    expect(widest).toBeLessThanOrEqual(100);
  });
});
