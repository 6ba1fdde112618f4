import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { digestOf, PREDICATE_TYPES } from "@policy-pack/pack";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { TempDir, TestAuthority } from "@policy-pack/testkit";
import { codeOf } from "./cli-checkout.ts";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const FILE = Buffer.from("any file");
const HOUR_MS = 60 * 60 * 1000;
const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

let folder: TempDir;
let cli: Cli;
let authority: TestAuthority;

const at = (path: string): string => join(folder.path, path);
const write = (path: string, value: unknown): Promise<void> =>
  writeFile(at(path), typeof value === "string" ? value : JSON.stringify(value));

/** A denylist of the authority's own identity, current for a day. */
function denylist(version: number): Promise<string> {
  const date = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  const predicate = { version, issuedAt: date(-1), expires: date(24), entries: [] };
  const subject = [{ name: "denylist", digest: { sha256: "0".repeat(64) } }];
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject,
    predicateType: PREDICATE_TYPES.denylist,
    predicate,
  };
  return authority.signStatement(statement);
}

beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  authority = await createTestAuthority();
  const role = { signers: authority.policy.signers };
  await write("file", FILE.toString());
  await write("root.json", authority.trustedRoot);
  await write("workflow.json", await authority.sign(FILE, { identity: WORKFLOW, issuer: ISSUER }));
  await write("dev.json", await authority.sign(FILE));
  await write("policy.json", { $schema: "verification-policy.schema.json", ...authority.policy });
  await write("listed.json", { ...authority.policy, denylist: role });
  for (const version of [1, 2, 3, 4]) await write(`deny-${version}.json`, await denylist(version));
});

afterAll(async () => {
  await authority.close();
  await folder.remove();
});

const BY_WORKFLOW = ["verify", "file", "--bundle", "workflow.json", "--trusted-root", "root.json"];
const IDENTITY = ["--certificate-identity", WORKFLOW];
const OIDC_ISSUER = ["--certificate-oidc-issuer", ISSUER];

describe("policy-pack verify of a digest alone", () => {
  const byDigest = (digest: string): ReturnType<Cli["json"]> =>
    cli.json([
      "verify",
      digest,
      "--bundle",
      "workflow.json",
      "--trusted-root",
      "root.json",
      ...IDENTITY,
      ...OIDC_ISSUER,
    ]);

  it("accepts the digest that was signed", async () => {
    expect(await byDigest(digestOf(FILE))).toMatchObject({ status: 0, answer: { digest: digestOf(FILE) } });
  });

  it("refuses another", async () => {
    expect(await byDigest(`sha256:${"0".repeat(64)}`)).toMatchObject({ status: 4 });
  });
});

describe("policy-pack verify with cosign's patterns", () => {
  it.each([
    [
      "a pattern of the identity",
      ["--certificate-identity-regexp", "^https://github\\.com/acme/.*@refs/heads/main$", ...OIDC_ISSUER],
    ],
    ["a pattern of the issuer", [...IDENTITY, "--certificate-oidc-issuer-regexp", "^https://token\\.actions\\..*$"]],
  ])("accepts %s that fits the whole name", async (_name, flags) => {
    const { status, answer } = await cli.json([...BY_WORKFLOW, ...flags]);
    expect([status, answer]).toEqual([
      0,
      expect.objectContaining({ signer: expect.objectContaining({ identity: WORKFLOW }) }),
    ]);
  });

  it.each([
    ["fits only a part", ["--certificate-identity-regexp", "^https://github\\.com/acme/app$"]],
    ["takes no dot for any letter", ["--certificate-identity-regexp", "^https://github\\.com/acme\\.app/.*$"]],
  ])("exits 5 for a pattern that %s", async (_name, flags) => {
    const { status, answer } = await cli.json([...BY_WORKFLOW, ...flags, ...OIDC_ISSUER]);
    expect([status, codeOf(answer)]).toEqual([5, "IDENTITY_MISMATCH"]);
  });

  it.each([
    ["has no beginning", "github\\.com/acme/.*$", "--certificate-identity-regexp"],
    ["has no end", "^https://github\\.com/acme/", "--certificate-identity-regexp"],
    ["is no pattern", "^(a$", "--certificate-identity-regexp"],
  ])("exits 2 for a pattern that %s", async (_name, pattern, flag) => {
    const { status, answer } = await cli.json([...BY_WORKFLOW, flag, pattern, ...OIDC_ISSUER]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });

  it("names the flag whose pattern is not anchored", async () => {
    const { stderr } = await cli.run([...BY_WORKFLOW, ...IDENTITY, "--certificate-oidc-issuer-regexp", "token"]);
    expect(stderr).toMatch(/^error CONFIG_INVALID: .*--certificate-oidc-issuer-regexp/);
  });

  it.each(["repository acme/app", "ref refs/heads/main", "name release", "trigger push", `sha ${"a".repeat(40)}`])(
    "exits 5 when the certificate does not claim what --certificate-github-workflow-%s wants",
    async (claim) => {
      const [name = "", value = ""] = claim.split(" ");
      const flags = [...IDENTITY, ...OIDC_ISSUER, `--certificate-github-workflow-${name}`, value];
      const { status, answer } = await cli.json([...BY_WORKFLOW, ...flags]);
      expect([status, codeOf(answer)]).toEqual([5, "IDENTITY_MISMATCH"]);
    },
  );

  it.each([
    ["an identity and a pattern of it", [...IDENTITY, "--certificate-identity-regexp", "^.*$", ...OIDC_ISSUER]],
    ["a workflow beside a key", ["--key", "root.json", "--certificate-github-workflow-ref", "refs/heads/main"]],
  ])("exits 2 for %s", async (_name, flags) => {
    const { status, answer } = await cli.json([...BY_WORKFLOW, ...flags]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });
});

describe("policy-pack verify --policy", () => {
  const LISTED = ["verify", "file", "--bundle", "dev.json", "--trusted-root", "root.json", "--policy", "listed.json"];

  it("prints the whole report for people and for programs", async () => {
    const args = ["verify", "file", "--bundle", "dev.json", "--trusted-root", "root.json", "--policy", "policy.json"];
    const people = await cli.run([...args, "--steps"]);
    expect([people.status, people.stderr]).toEqual([0, ""]);
    for (const word of [
      "verified: file",
      digestOf(FILE),
      authority.identity,
      "certificate transparency",
      "checkpoint",
    ]) {
      expect(people.stdout).toContain(word);
    }
    const { answer } = await cli.json(args);
    expect(answer).toMatchObject({ verified: true, report: { reportVersion: 1, bundles: [{ outcome: "accepted" }] } });
  });

  it("keeps the highest version seen of many processes at once, and refuses an older list afterwards", async () => {
    const runs = [2, 4, 3].map((version) =>
      cli.json([...LISTED, "--denylist", `deny-${version}.json`, "--state", "seen.json"]),
    );
    const statuses = (await Promise.all(runs)).map(({ status }) => status);
    // Each was the newest for whoever had not seen a newer one yet; at least the newest itself is accepted.
    expect(statuses[1]).toBe(0);
    expect(JSON.parse(await readFile(at("seen.json"), "utf8"))).toEqual({ stateVersion: 1, denylistVersion: 4 });
    const old = await cli.json([...LISTED, "--denylist", "deny-1.json", "--state", "seen.json"]);
    expect([old.status, codeOf(old.answer)]).toEqual([5, "METADATA_ROLLBACK"]);
    expect((await readdir(folder.path)).filter((name) => name.startsWith("seen"))).toEqual(["seen.json"]);
  });

  it("remembers the version of a list that it believed, of a file that is rejected too", async () => {
    await write("changed", "another file");
    const args = ["verify", "changed", ...LISTED.slice(2), "--denylist", "deny-1.json", "--state", "rejected.json"];
    expect((await cli.json(args)).status).toBe(4);
    expect(JSON.parse(await readFile(at("rejected.json"), "utf8"))).toEqual({ stateVersion: 1, denylistVersion: 1 });
  });
});
