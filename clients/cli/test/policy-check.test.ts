import { beforeAll, describe, expect, it } from "@jest/globals";
import { runCli } from "../src/program.ts";
import { createKeyHolder, runJson, writeFiles } from "./signed-files.ts";
import { createTerminal, withFolder } from "./support.ts";

let publicKey: string;

beforeAll(async () => {
  publicKey = (await createKeyHolder()).publicKey;
});

const GITHUB = { name: "ci", github: { repository: "acme/app" } };

describe("policy-pack policy check", () => {
  it("answers 0 for a policy without faults, with --strict too", () =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "policy.json": { signers: [{ name: "release", publicKey }] } });
      expect(await runJson(cwd, "policy", "check", "policy.json", "--strict")).toMatchObject({
        status: 0,
        answer: { ok: true, file: "policy.json", errors: [], warnings: [] },
      });
    }));

  it.each<[string, object, string]>([
    ["a policy that demands nothing", {}, ""],
    ["an unknown field", { signers: [{ publicKey: "" }], thresold: 2 }, "/thresold"],
    ["a key that is none", { signers: [{ publicKey: "x" }] }, "/signers/0/publicKey"],
    [
      "a pattern that is not anchored",
      { signers: [{ certificateIdentityRegexp: "a", certificateOidcIssuer: "b" }] },
      "/signers/0/certificateIdentityRegexp",
    ],
    [
      "a threshold without names",
      { signers: [GITHUB, GITHUB].map(({ github }) => ({ github })), threshold: 2 },
      "/signers",
    ],
    ["a trusted root that is none", { signers: [GITHUB], trustedRoots: { a: {} } }, "/trustedRoots/a"],
    ["a null", { signers: [{ ...GITHUB, name: null }] }, "/signers/0/name"],
  ])("answers 2 for %s, and says where", (_name, policy, pointer) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "policy.json": policy });
      const { status, answer } = await runJson(cwd, "policy", "check", "policy.json");
      expect(status).toBe(2);
      const errors = [{ pointer, message: expect.any(String) }];
      expect(answer).toMatchObject({ ok: false, errors });
    }),
  );

  it("warns of what a reviewer would ask about, which is an error with --strict alone", () =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "policy.json": { signers: [GITHUB] } });
      const warnings = expect.arrayContaining([
        { pointer: "/signers/0", message: expect.stringContaining("workflow") },
      ]);
      expect(await runJson(cwd, "policy", "check", "policy.json")).toMatchObject({
        status: 0,
        answer: { ok: true, warnings },
      });
      const strict = await runJson(cwd, "policy", "check", "policy.json", "--strict");
      expect(strict).toMatchObject({ status: 2, answer: { ok: false, errors: [], warnings } });
    }));

  it("prints each finding with its place for people", () =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "policy.json": { signers: [GITHUB] } });
      const terminal = createTerminal({ cwd });
      expect(await runCli(["policy", "check", "policy.json"], terminal)).toBe(0);
      expect(terminal.out()).toMatch(/^policy\.json: no errors, \d+ warnings\nwarning {2}\/signers\/0\n {4}\S/);
    }));

  it.each([
    ["what is no JSON", "{"],
    ["what is no object", "[]"],
    ["a root whose file is not there", { signers: [GITHUB], trustedRoots: { a: { file: "none.json" } } }],
  ])("throws CONFIG_INVALID for %s", (_name, policy) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "policy.json": policy });
      const { status, code } = await runJson(cwd, "policy", "check", "policy.json");
      expect([status, code]).toEqual([2, "CONFIG_INVALID"]);
    }),
  );

  it.each([
    ["without a file", ["check"]],
    ["of a file that is not there", ["check", "/nonexistent"]],
    ["of an unknown kind", ["chek"]],
  ])("throws CONFIG_INVALID when asked %s", async (_name, args) => {
    const { status, code } = await runJson("/", "policy", ...args);
    expect([status, code]).toEqual([2, "CONFIG_INVALID"]);
  });
});
