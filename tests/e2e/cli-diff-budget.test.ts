import { readFile, stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { codeOf, DEV_ROOT } from "./cli-checkout.ts";
import { isDiffAnswer, OPENED } from "./diff-answer.ts";
import { createThresholdPacks, OLD, OLD_BUNDLE, STRICTER, TRUST, WIDER } from "./threshold-packs.ts";
import type { ThresholdPacks } from "./threshold-packs.ts";

let packs: ThresholdPacks;

beforeAll(async () => {
  packs = await createThresholdPacks();
});
afterAll(() => packs.remove());

describe("policy-pack diff --budget", () => {
  const budget = async (maxFlips: number): Promise<readonly string[]> => {
    await packs.write(`budget-${maxFlips}.json`, { budget: { maxFlips } });
    return ["--budget", `budget-${maxFlips}.json`, "--iterations", "200"];
  };
  const approved = ["--note-policy", "approvers.json"];
  const digests = async (): Promise<{ readonly old: string; readonly new: string }> => {
    const { answer } = await packs.diff([OLD, WIDER, ...TRUST, "--iterations", "10"]);
    return { old: answer.diff.old.digest, new: answer.diff.new.digest };
  };
  const flips = [{ name: OPENED, reason: "the limit is raised on purpose" }];

  it("when decisions only become stricter is met up to its number", async () => {
    const { answer } = await packs.diff([OLD, STRICTER, ...TRUST, ...(await budget(0))]);
    const { allowToDeny } = answer.diff.flips;
    expect(allowToDeny).toBeGreaterThan(0);
    expect(codeOf(answer)).toBe("DIFF_BUDGET_EXCEEDED");
    expect((await packs.diff([OLD, STRICTER, ...TRUST, ...(await budget(allowToDeny - 1))])).status).toBe(5);
    const met = await packs.diff([OLD, STRICTER, ...TRUST, ...(await budget(allowToDeny))]);
    expect([met.status, met.answer.budget?.ok, await isDiffAnswer(met.answer)]).toEqual([0, true, [true, null]]);
  });

  it("when something turns to ALLOW unnamed is broken, whatever the number, and reports and signs no pass", async () => {
    const out = ["--markdown", "broken.md", "--attest", "broken.sigstore.json", "--attest-dev-authority"];
    const { status, code, answer } = await packs.diff([OLD, WIDER, ...TRUST, ...(await budget(100_000)), ...out]);
    expect([status, code, answer.budget?.ok]).toEqual([5, "DIFF_BUDGET_EXCEEDED", false]);
    expect(answer.diff.groups[0]?.name).toBe(OPENED);
    expect(await isDiffAnswer(answer)).toEqual([true, null]);
    expect(await readFile(packs.at("broken.md"), "utf8")).toContain("over_limit");
    await expect(stat(packs.at("broken.sigstore.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("when a listed approver names what turns to ALLOW is met", async () => {
    const note = await packs.signNote("note", "approver", { ...(await digests()), flips });
    const { status, answer } = await packs.diff([
      OLD,
      WIDER,
      ...TRUST,
      ...(await budget(200)),
      "--note",
      note,
      ...approved,
    ]);
    expect([status, answer.budget?.named, answer.budget?.notes]).toEqual([
      0,
      [OPENED],
      [{ file: note, approvedBy: ["approver"], flips }],
    ]);
  });

  it.each<[string, "approver" | "stranger", (change: { old: string; new: string }) => object, readonly unknown[]]>([
    ["a stranger signed", "stranger", (change) => ({ ...change, flips }), [5, "PREDICATE_MISSING"]],
    [
      "names a group that did not flip",
      "approver",
      (change) => ({ ...change, flips: [{ name: `${OPENED}+other`, reason: "x" }] }),
      [3, "BASELINE_INVALID"],
    ],
    [
      "is about a change from another pack",
      "approver",
      (change) => ({ ...change, old: `sha256:${"0".repeat(64)}`, flips }),
      [3, "BASELINE_INVALID"],
    ],
    [
      "is about a change to another pack",
      "approver",
      (change) => ({ ...change, new: `sha256:${"0".repeat(64)}`, flips }),
      [5, "PREDICATE_MISSING"],
    ],
  ])("refuses a note that %s", async (_, key, change, expected) => {
    const note = await packs.signNote("odd", key, change(await digests()) as Parameters<ThresholdPacks["signNote"]>[2]);
    const { status, code } = await packs.diff([
      OLD,
      WIDER,
      ...TRUST,
      ...(await budget(200)),
      "--note",
      note,
      ...approved,
    ]);
    expect([status, code]).toEqual(expected);
  });

  it("refuses a stranger's note beside an approver's, and one that is no note", async () => {
    const change = await digests();
    const good = await packs.signNote("good", "approver", { ...change, flips });
    const bad = await packs.signNote("bad", "stranger", { ...change, flips });
    const both = ["--note", good, "--note", bad, ...approved];
    expect((await packs.diff([OLD, WIDER, ...TRUST, ...(await budget(200)), ...both])).status).toBe(5);
    const none = ["--note", OLD_BUNDLE, ...approved];
    expect((await packs.diff([OLD, WIDER, ...TRUST, ...(await budget(200)), ...none])).status).not.toBe(0);
  });

  it("where two approvers are asked for, wants both to have named the same", async () => {
    const change = await digests();
    const [approver, stranger] = [
      await readFile(packs.at("approver.pub"), "utf8"),
      await readFile(packs.at("stranger.pub"), "utf8"),
    ];
    const signers = [
      { name: "approver", publicKey: approver },
      { name: "second", publicKey: stranger },
    ];
    const rule = { predicateType: "urn:policy-pack:migration-note:v1", signers, threshold: 2 };
    await packs.write("two.json", { attestations: [rule] });
    const first = await packs.signNote("first", "approver", { ...change, flips });
    const second = await packs.signNote("second", "stranger", { ...change, flips });
    const other = await packs.signNote("third", "stranger", { ...change, flips: [{ name: "nothing", reason: "x" }] });
    const under = async (...notes: readonly string[]): Promise<readonly unknown[]> => {
      const given = notes.flatMap((note) => ["--note", note]);
      const args = [OLD, WIDER, ...TRUST, ...(await budget(200)), ...given, "--note-policy", "two.json"];
      const { status, code } = await packs.diff(args);
      return [status, code];
    };
    expect(await under(first, second)).toEqual([0, undefined]);
    expect(await under(first)).toEqual([5, "THRESHOLD_NOT_MET"]);
    expect(await under(first, other)).toEqual([5, "PREDICATE_REJECTED"]);
    await packs.write("two.json", { signers, threshold: 2 });
    expect(await under(first, second)).toEqual([0, undefined]);
    expect(await under(first)).toEqual([5, "THRESHOLD_NOT_MET"]);
  });

  it("is not signed about another pack than the one that follows", async () => {
    await packs.write("elsewhere.json", { ...(await digests()), flips });
    const { old } = await digests();
    const args = ["attest", old, "--type", "migration-note", "--predicate", "elsewhere.json", "--dev-authority"];
    const { answer } = await packs.cli.json([...args, "--bundle", "elsewhere.sigstore.json"]);
    expect(codeOf(answer)).toBe("CONFIG_INVALID");
    await expect(stat(packs.at("elsewhere.sigstore.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.each([
    ["a note without its policy", ["--note", "note.sigstore.json"]],
    ["a policy without a note", approved],
    ["a note without a budget", ["--note", "note.sigstore.json", ...approved]],
  ])("refuses %s", async (_, args) => {
    const given = args.includes("--note") && args.includes("--note-policy") ? args : [...args, ...(await budget(1))];
    expect((await packs.diff([OLD, WIDER, ...TRUST, ...given])).code).toBe("CONFIG_INVALID");
  });

  it("is not met where nothing was compared", async () => {
    await packs.write("elsewhere.jsonl", `${JSON.stringify({ path: "spend/other/allow", input: {} })}\n`);
    await packs.write("any.json", { budget: { maxFlips: 100_000 } });
    const nothing = ["--inputs", "elsewhere.jsonl", "--iterations", "0"];
    const { code } = await packs.diff([OLD, WIDER, ...TRUST, ...nothing, "--budget", "any.json"]);
    expect(code).toBe("CONFIG_INVALID");
    expect((await packs.diff([OLD, WIDER, ...TRUST, ...nothing])).status).toBe(0);
  });

  it.each([
    ["no JSON", "{"],
    ["a number below zero", { budget: { maxFlips: -1 } }],
    ["an unknown field", { budget: { maxFlips: 1, denyToAllow: 1 } }],
    ["nothing", {}],
  ])("refuses a budget that is %s", async (_, content) => {
    await packs.write("odd-budget.json", content);
    expect((await packs.diff([OLD, WIDER, ...TRUST, "--budget", "odd-budget.json"])).code).toBe("BASELINE_INVALID");
  });
});

describe("policy-pack diff --attest", () => {
  it("signs a statement that a verification policy judges, for the new pack alone", async () => {
    const out = ["--attest", "stricter.sigstore.json", "--attest-dev-authority", "--outcomes", "plain.json"];
    await packs.write("plain.json", { outcomes: { "spend/limits/allow": "plain" } });
    const { status, answer } = await packs.diff([OLD, STRICTER, ...TRUST, ...out]);
    expect(status).toBe(0);
    expect(answer.attestation).toMatchObject({ predicate: { outcomes: expect.stringMatching(/^sha256:/) } });
    expect(answer.attestation).toMatchObject({ predicateType: "urn:policy-pack:decision-diff:v1" });
    const { old, new: next, flips } = answer.diff;
    const dev = {
      certificateIdentity: "dev@policy-pack.localhost",
      certificateOidcIssuer: "https://dev-authority.policy-pack.localhost",
    };
    const judge = async (digest: string, decisionDiff: object): Promise<readonly unknown[]> => {
      const rule = { predicateType: "urn:policy-pack:decision-diff:v1", signers: [dev], decisionDiff };
      await packs.write("demand.json", { attestations: [rule] });
      const args = [digest, "--bundle", "stricter.sigstore.json", "--policy", "demand.json", ...DEV_ROOT];
      const judged = await packs.cli.json(["verify", ...args]);
      return [judged.status, codeOf(judged.answer)];
    };
    expect(await judge(next.digest, { from: old.digest, maxFlips: flips.allowToDeny })).toEqual([0, undefined]);
    expect(await judge(next.digest, { maxFlips: flips.allowToDeny - 1 })).toEqual([5, "PREDICATE_REJECTED"]);
    expect(await judge(next.digest, { minimumCompared: 10_000_000 })).toEqual([5, "PREDICATE_REJECTED"]);
    expect(await judge(old.digest, {})).toEqual([5, "PREDICATE_REJECTED"]);
  });

  it("signs what a note permits, so that a policy takes it, and what none permits so that it does not", async () => {
    const { answer: probe } = await packs.diff([
      OLD,
      WIDER,
      ...TRUST,
      "--attest",
      "wider.sigstore.json",
      "--attest-dev-authority",
    ]);
    const { old, new: next } = probe.diff;
    const flips = [{ name: OPENED, reason: "raised" }];
    const note = await packs.signNote("signed", "approver", { old: old.digest, new: next.digest, flips });
    await packs.write("roomy.json", { budget: { maxFlips: 1000 } });
    const named = ["--budget", "roomy.json", "--note", note, "--note-policy", "approvers.json"];
    const out = ["--attest", "named.sigstore.json", "--attest-dev-authority"];
    expect((await packs.diff([OLD, WIDER, ...TRUST, ...named, ...out])).status).toBe(0);
    await packs.write("strict.json", {
      attestations: [
        {
          predicateType: "urn:policy-pack:decision-diff:v1",
          signers: [
            {
              certificateIdentity: "dev@policy-pack.localhost",
              certificateOidcIssuer: "https://dev-authority.policy-pack.localhost",
            },
          ],
          decisionDiff: {},
        },
      ],
    });
    const judge = async (bundle: string): Promise<unknown> => {
      const args = [next.digest, "--bundle", bundle, "--policy", "strict.json", ...DEV_ROOT];
      return codeOf((await packs.cli.json(["verify", ...args])).answer);
    };
    expect(await judge("named.sigstore.json")).toBeUndefined();
    expect(await judge("wider.sigstore.json")).toBe("PREDICATE_REJECTED");
  });

  it("is signed by attest from the predicate of another diff about the new pack alone", async () => {
    const out = ["--attest", "once.sigstore.json", "--attest-dev-authority"];
    const { answer } = await packs.diff([OLD, STRICTER, ...TRUST, ...out, "--iterations", "10"]);
    const { predicate } = answer.attestation as { predicate: unknown };
    await packs.write("predicate.json", predicate);
    const sign = async (...digests: readonly string[]): Promise<unknown> => {
      const type = ["--type", "decision-diff", "--predicate", "predicate.json", "--dev-authority"];
      return codeOf((await packs.cli.json(["attest", ...digests, ...type, "--bundle", "again.sigstore.json"])).answer);
    };
    const { old, new: next } = answer.diff;
    expect(await sign(old.digest, next.digest)).toBeUndefined();
    expect(await sign(old.digest)).toBe("CONFIG_INVALID");
  });

  it.each([
    ["signer's flags without a file", ["--attest-dev-authority"]],
    ["a bundle in place of OLD", ["--attest", OLD, "--attest-dev-authority"]],
    ["two reports in one file", ["--markdown", "same", "--html", "./same"]],
  ])("refuses %s", async (_, args) => {
    expect((await packs.diff([OLD, STRICTER, ...TRUST, ...args])).code).toBe("CONFIG_INVALID");
  });

  it("refuses a report in a folder that is not there", async () => {
    expect((await packs.diff([OLD, STRICTER, ...TRUST, "--html", "nowhere/diff.html"])).code).toBe("OUTPUT_FAILED");
  });
});
