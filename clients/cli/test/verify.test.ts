import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { digestOf, PREDICATE_TYPES } from "@policy-pack/pack";
import { runCli } from "../src/program.ts";
import { readPublicGoodRoot } from "../src/public-good.ts";
import { createKeyHolder, denylist, FILE, pause, runJson, writeFiles } from "./signed-files.ts";
import type { KeyHolder, Outcome } from "./signed-files.ts";
import { createTerminal, withFolder } from "./support.ts";

let alice: KeyHolder;
let bob: KeyHolder;
let mallory: KeyHolder;
let signers: readonly object[];

beforeAll(async () => {
  [alice, bob, mallory] = [await createKeyHolder(), await createKeyHolder(), await createKeyHolder()];
  signers = [
    { name: "alice", publicKey: alice.publicKey },
    { name: "bob", publicKey: bob.publicKey },
  ];
});

const verify = (cwd: string, ...flags: readonly string[]): Promise<Outcome> =>
  runJson(cwd, "verify", "file", "--policy", "policy.json", ...flags);

describe("policy-pack verify --policy", () => {
  it("accepts a folder of bundles that meets the threshold, a rejected one among them, and reports every step", () =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, {
        file: FILE.toString(),
        "policy.json": { signers, threshold: 2 },
        "signatures/a.sigstore.json": await alice.sign(),
        "signatures/b.sigstore.json": await bob.sign(),
        "signatures/m.sigstore.json": await mallory.sign(),
      });
      const { status, answer } = await verify(cwd, "--bundle", "signatures");
      expect(status).toBe(0);
      expect(answer).toMatchObject({
        verified: true,
        file: "file",
        digest: digestOf(FILE),
        signer: { kind: "key" },
        report: {
          reportVersion: 1,
          verified: true,
          bundles: [
            { index: 0, outcome: "accepted", rules: ["signers: alice"] },
            { index: 1, outcome: "accepted", rules: ["signers: bob"] },
            { index: 2, outcome: "rejected" },
          ],
          rules: [{ step: "threshold", outcome: "met" }],
        },
      });
    }));

  it("takes bundles from JSON lines and from several flags", () =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, {
        file: FILE.toString(),
        "policy.json": { signers, threshold: 2 },
        "all.sigstore.jsonl": `${await alice.sign()}\n${await bob.sign()}\n`,
        "a.json": await alice.sign(),
        "b.json": await bob.sign(),
      });
      expect((await verify(cwd, "--bundle", "all.sigstore.jsonl")).status).toBe(0);
      expect((await verify(cwd, "--bundle", "a.json", "--bundle", "b.json")).status).toBe(0);
    }));

  it("throws THRESHOLD_NOT_MET for one signer twice, with the report and what is needed", () =>
    withFolder(async (cwd) => {
      const files = { "a.json": await alice.sign(), "b.json": await alice.sign() };
      await writeFiles(cwd, { file: FILE.toString(), "policy.json": { signers, threshold: 2 }, ...files });
      const { status, answer } = await verify(cwd, "--bundle", "a.json", "--bundle", "b.json");
      expect(status).toBe(5);
      expect(answer).toEqual({
        error: { code: "THRESHOLD_NOT_MET", message: expect.any(String), retryable: false },
        report: expect.objectContaining({
          verified: false,
          failure: expect.objectContaining({
            code: "THRESHOLD_NOT_MET",
            step: "threshold",
            needed: expect.any(String),
          }),
        }),
      });
    }));

  it("reads the trusted roots that the policy names, from the policy's folder", () =>
    withFolder(async (cwd) => {
      const trustedRoots = { public: { file: "root.json" } };
      const policy = { signers: signers.map((rule) => ({ ...rule, trustedRoot: "public" })), trustedRoots };
      const roots = { "trust/root.json": readPublicGoodRoot(), "trust/policy.json": policy };
      await writeFiles(cwd, { file: FILE.toString(), "a.json": await alice.sign(), ...roots });
      const args = ["verify", "file", "--bundle", "a.json", "--policy", "trust/policy.json"];
      expect(await runJson(cwd, ...args)).toMatchObject({ status: 0, answer: { trustedRoot: expect.any(String) } });
      const twice = await runJson(cwd, ...args, "--trusted-root", "trust/root.json");
      expect([twice.status, twice.code]).toEqual([2, "CONFIG_INVALID"]);
    }));

  it("wants the attestations that the policy names", () =>
    withFolder(async (cwd) => {
      const predicateType = PREDICATE_TYPES.testResult;
      const policy = {
        signers,
        attestations: [{ predicateType, constraints: [{ pointer: "/result", equals: "PASSED" }] }],
      };
      const state = (result: string): Promise<string> => bob.state(predicateType, { result });
      const bundles = {
        "a.json": await alice.sign(),
        "good.json": await state("PASSED"),
        "bad.json": await state("FAILED"),
      };
      await writeFiles(cwd, { file: FILE.toString(), "policy.json": policy, ...bundles });
      const { status, answer } = await verify(cwd, "--bundle", "good.json", "--bundle", "a.json");
      expect([status, answer["statement"]]).toEqual([0, null]);
      const bad = await verify(cwd, "--bundle", "a.json", "--bundle", "bad.json");
      expect([bad.status, bad.code]).toEqual([5, "PREDICATE_REJECTED"]);
      const none = await verify(cwd, "--bundle", "a.json");
      expect([none.status, none.code]).toEqual([5, "PREDICATE_MISSING"]);
    }));

  it("judges what must be a pack as one", () =>
    withFolder(async (cwd) => {
      const policy = { signers, packId: "access-v0" };
      await writeFiles(cwd, { file: FILE.toString(), "policy.json": policy, "a.json": await alice.sign() });
      const file = await verify(cwd, "--bundle", "a.json");
      expect([file.status, file.code]).toEqual([3, "ARCHIVE_INVALID"]);
      const args = ["--policy", "policy.json", "--bundle", "a.json"];
      const digest = await runJson(cwd, "verify", digestOf(FILE), ...args);
      expect([digest.status, digest.code]).toEqual([2, "CONFIG_INVALID"]);
    }));

  it.each<[string, unknown, readonly string[]]>([
    ["a policy that demands nothing", {}, []],
    ["a policy that is no JSON", "{", []],
    ["a policy beside a key", "good", ["--key", "alice.pem"]],
    ["a policy beside a pattern", "good", ["--certificate-identity-regexp", "^a$"]],
    ["a policy beside the development authority", "good", ["--dev-authority"]],
    ["a policy that is not there", undefined, []],
  ])("throws CONFIG_INVALID for %s", (_name, policy, flags) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { file: FILE.toString(), "a.json": await alice.sign(), "alice.pem": alice.publicKey });
      if (policy !== undefined) await writeFiles(cwd, { "policy.json": policy === "good" ? { signers } : policy });
      const { status, code } = await verify(cwd, "--bundle", "a.json", ...flags);
      expect([status, code]).toEqual([2, "CONFIG_INVALID"]);
    }),
  );
});

describe("policy-pack verify --denylist --pause --state", () => {
  const role = (holder: KeyHolder): object => ({ signers: [{ publicKey: holder.publicKey }] });

  async function prepare(cwd: string, files: Readonly<Record<string, unknown>>): Promise<void> {
    const policy = { signers, denylist: role(bob), pause: role(bob) };
    await writeFiles(cwd, { file: FILE.toString(), "policy.json": policy, "a.json": await alice.sign(), ...files });
  }

  const LISTS = ["--bundle", "a.json", "--denylist", "deny.json", "--pause", "pause.json"];
  const STATE = [...LISTS, "--state", "seen.json"];

  it("accepts what is neither denied nor paused, and remembers the versions", () =>
    withFolder(async (cwd) => {
      await prepare(cwd, {
        "deny.json": await denylist(bob, [], { version: 4 }),
        "pause.json": await pause(bob, false),
      });
      const { status, answer } = await verify(cwd, ...STATE);
      expect(status).toBe(0);
      expect(answer["report"]).toMatchObject({ denylist: { version: 4 }, pause: { version: 1 } });
      const state: unknown = JSON.parse(await readFile(join(cwd, "seen.json"), "utf8"));
      expect(state).toEqual({ stateVersion: 1, denylistVersion: 4, pauseVersion: 1 });
    }));

  it("throws for a list that is stale, old, missing or another's, and remembers nothing of it", () =>
    withFolder(async (cwd) => {
      const good = { "deny.json": await denylist(bob, [], { version: 4 }), "pause.json": await pause(bob, false) };
      await prepare(cwd, good);
      expect((await verify(cwd, ...STATE)).status).toBe(0);
      const before = await readFile(join(cwd, "seen.json"), "utf8");
      const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
        ["METADATA_EXPIRED", { "deny.json": await denylist(bob, [], { version: 9, expires: -1 }) }],
        ["METADATA_EXPIRED", { "pause.json": await pause(bob, false, { version: 9, expires: -1 }) }],
        ["METADATA_ROLLBACK", { "deny.json": await denylist(bob, [], { version: 3 }) }],
        ["KEY_MISMATCH", { "deny.json": await denylist(mallory, [], { version: 9 }) }],
      ];
      for (const [code, files] of cases) {
        await writeFiles(cwd, { ...good, ...files });
        const outcome = await verify(cwd, ...STATE);
        expect([outcome.status, outcome.code]).toEqual([5, code]);
        expect(outcome.answer["report"]).toMatchObject({ verified: false, failure: { code } });
      }
      expect(await readFile(join(cwd, "seen.json"), "utf8")).toBe(before);
      await prepare(cwd, good);
      const missing = await verify(cwd, "--bundle", "a.json", "--pause", "pause.json");
      expect([missing.status, missing.code]).toEqual([5, "METADATA_MISSING"]);
    }));

  it("remembers the list that refused the file, so that the one before it does not let it pass", () =>
    withFolder(async (cwd) => {
      const entry = { digest: digestOf(FILE), reason: "a bad build" };
      const good = { "deny.json": await denylist(bob, [], { version: 4 }), "pause.json": await pause(bob, false) };
      await prepare(cwd, good);
      const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
        ["DENYLISTED", { "deny.json": await denylist(bob, [entry], { version: 5 }) }],
        ["PAUSED", { "pause.json": await pause(bob, true, { version: 5 }) }],
      ];
      for (const [code, files] of cases) {
        await writeFiles(cwd, { ...good, ...files });
        const refused = await verify(cwd, "--bundle", "a.json", ...STATE.slice(2, 6), "--state", `${code}.json`);
        expect([refused.status, refused.code]).toEqual([5, code]);
        await writeFiles(cwd, good);
        const replayed = await verify(cwd, "--bundle", "a.json", ...STATE.slice(2, 6), "--state", `${code}.json`);
        expect([replayed.status, replayed.code]).toEqual([5, "METADATA_ROLLBACK"]);
      }
    }));

  it("tells the list's reason to people", () =>
    withFolder(async (cwd) => {
      const entry = { digest: digestOf(FILE), reason: "a bad build" };
      await prepare(cwd, { "deny.json": await denylist(bob, [entry]), "pause.json": await pause(bob, false) });
      const terminal = createTerminal({ cwd });
      expect(await runCli(["verify", "file", "--policy", "policy.json", ...LISTS], terminal)).toBe(5);
      expect(terminal.out()).toBe("");
      expect(terminal.err()).toMatch(/^error DENYLISTED: .*a bad build/);
    }));

  it("throws CONFIG_INVALID for a damaged state, and does not take it for none", () =>
    withFolder(async (cwd) => {
      await prepare(cwd, {
        "deny.json": await denylist(bob, []),
        "pause.json": await pause(bob, false),
        "seen.json": "{}",
      });
      const { status, code } = await verify(cwd, ...STATE);
      expect([status, code]).toEqual([2, "CONFIG_INVALID"]);
    }));

  it("throws CONFIG_INVALID for a state without a list, and for a list that nothing asks for", () =>
    withFolder(async (cwd) => {
      await prepare(cwd, { "deny.json": await denylist(bob, []), "alice.pem": alice.publicKey });
      const stateAlone = await verify(cwd, "--bundle", "a.json", "--state", "seen.json");
      expect([stateAlone.status, stateAlone.code]).toEqual([2, "CONFIG_INVALID"]);
      const flags = ["--bundle", "a.json", "--key", "alice.pem", "--denylist", "deny.json"];
      const unasked = await runJson(cwd, "verify", "file", ...flags);
      expect([unasked.status, unasked.code]).toEqual([2, "CONFIG_INVALID"]);
    }));
});

describe("policy-pack verify --explain", () => {
  async function run(cwd: string, ...flags: readonly string[]): Promise<{ status: number; out: string; err: string }> {
    await writeFiles(cwd, { file: FILE.toString(), "a.json": await alice.sign(), "alice.pem": alice.publicKey });
    await writeFiles(cwd, { "mallory.pem": mallory.publicKey });
    const terminal = createTerminal({ cwd });
    const status = await runCli(["verify", "file", "--bundle", "a.json", "--explain", ...flags], terminal);
    return { status, out: terminal.out(), err: terminal.err() };
  }

  it("says in plain words what was proven and what was not", () =>
    withFolder(async (cwd) => {
      const { status, out, err } = await run(cwd, "--key", "alice.pem");
      expect([status, err]).toEqual([0, ""]);
      expect(out).toMatch(/What is proven\n(.|\n)*private key(.|\n)*What is not proven\n(.|\n)*a key has no name/);
    }));

  it("says on stderr not to use what is rejected", () =>
    withFolder(async (cwd) => {
      const { status, out, err } = await run(cwd, "--key", "mallory.pem");
      expect([status, out]).toEqual([5, ""]);
      expect(err).toMatch(/^error KEY_MISMATCH: (.|\n)*Do not use file\./);
    }));

  it("stands beside the report with --json, of a rejection too", () =>
    withFolder(async (cwd) => {
      const good = await run(cwd, "--key", "alice.pem", "--json");
      expect(JSON.parse(good.out)).toMatchObject({
        verified: true,
        report: { verified: true },
        explanation: { proven: expect.any(Array), notProven: expect.any(Array) },
      });
      const bad = await run(cwd, "--key", "mallory.pem", "--json");
      expect(Object.keys(JSON.parse(bad.out) as object)).toEqual(["error", "report", "explanation"]);
    }));
});
