import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DEV_ROOT } from "./cli-checkout.ts";
import { ended, waitForOutput } from "./cli-run.ts";
import { isDiffAnswer, OPENED } from "./diff-answer.ts";
import { createThresholdPacks, OLD, OLD_BUNDLE, OLD_SOURCE, STRICTER, TRUST, WIDER } from "./threshold-packs.ts";
import type { ThresholdPacks } from "./threshold-packs.ts";

let packs: ThresholdPacks;

beforeAll(async () => {
  packs = await createThresholdPacks();
});
afterAll(() => packs.remove());

describe("policy-pack diff", () => {
  it("finds what turns from DENY to ALLOW, with its smallest example, and ends with 0", async () => {
    const { status, answer } = await packs.diff([OLD, WIDER, ...TRUST]);
    expect([status, await isDiffAnswer(answer)]).toEqual([0, [true, null]]);
    const { flips, groups, inputs, seed } = answer.diff;
    expect([seed, inputs["random"]]).toEqual([42, 1000]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ name: OPENED, direction: "DENY_TO_ALLOW", smallest: { input: { amount: 101 } } });
    expect(flips.denyToAllow).toBe(groups[0]?.count);
    expect(answer.packs).toMatchObject({
      old: { kind: "tar", trust: "verified" },
      new: { kind: "source", trust: "source" },
    });
  });

  it("draws the same inputs again for the same seed, and none with --iterations 0", async () => {
    const random = ["--seed", "7", "--iterations", "50"];
    const [first, again] = [
      await packs.diff([OLD, WIDER, ...TRUST, ...random]),
      await packs.diff([OLD, WIDER, ...TRUST, ...random]),
    ];
    expect(first.answer).toEqual(again.answer);
    expect(first.answer.diff.inputs["random"]).toBe(50);
    expect((await packs.diff([OLD, WIDER, ...TRUST, "--iterations", "0"])).code).toBe("CONFIG_INVALID");
  });

  it("prints for people what changes, DENY to ALLOW first, and writes both reports whole", async () => {
    const files = ["--markdown", "diff.md", "--html", "diff.html"];
    const { status, stdout } = await packs.cli.run(["diff", OLD, WIDER, ...TRUST, ...files]);
    expect([status, stdout]).toEqual([0, expect.stringContaining(OPENED)]);
    expect(await readFile(packs.at("diff.md"), "utf8")).toContain("over_limit");
    expect(await readFile(packs.at("diff.html"), "utf8")).toMatch(/^<!doctype html>/i);
  });

  it("leaves the source and the temporary folder as they were", async () => {
    await packs.write("tmp/.keep", "");
    await packs.diff([OLD, STRICTER, ...TRUST, "--iterations", "10"], { TMPDIR: packs.at("tmp") });
    expect(await readdir(packs.at("tmp"))).toEqual([".keep"]);
    expect((await readdir(packs.at(STRICTER))).toSorted()).toEqual([
      "README.md",
      "data",
      "manifest.json",
      "opa",
      "signing",
    ]);
    await expect(stat(packs.at("dist/spend/v1/cases"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("reads values as the file of outcomes says, that of the source or the one that is named", async () => {
    await cp(packs.at(WIDER), packs.at("told/spend/v1"), { recursive: true });
    await packs.write("told/spend/v1/cases/outcomes.json", { outcomes: { "spend/limits/allow": "inverted" } });
    await packs.write("plain.json", { outcomes: { "spend/limits/allow": "plain" } });
    const own = await packs.diff([OLD, "told/spend/v1", ...TRUST]);
    expect(own.answer.diff.groups.map(({ direction }) => direction)).toEqual(["ALLOW_TO_DENY"]);
    expect(await isDiffAnswer(own.answer)).toEqual([true, null]);
    expect(own.stderr).toMatch(/warning: .*outcomes\.json/);
    const named = await packs.diff([OLD, "told/spend/v1", ...TRUST, "--outcomes", "plain.json"]);
    expect(named.answer.diff.groups.map(({ direction }) => direction)).toEqual(["DENY_TO_ALLOW"]);
    await packs.write("odd-outcomes.json", { outcomes: { "spend/limits/allow": "always" } });
    const odd = await packs.diff([OLD, WIDER, ...TRUST, "--outcomes", "odd-outcomes.json"]);
    expect(odd.code).toBe("BASELINE_INVALID");
  });

  it("when NEW alone says what values mean takes that for no budget, no statement, and against no source of OLD", async () => {
    await cp(packs.at(WIDER), packs.at("swapped/spend/v1"), { recursive: true });
    await packs.write("swapped/spend/v1/cases/outcomes.json", { outcomes: { "spend/limits/allow": "explains" } });
    await packs.write("budget.json", { budget: { maxFlips: 100_000 } });
    const swapped = (...args: string[]) => packs.diff([OLD, "swapped/spend/v1", ...TRUST, ...args]);
    expect((await swapped("--budget", "budget.json")).code).toBe("CONFIG_INVALID");
    expect((await swapped("--attest", "a.sigstore.json", "--attest-dev-authority")).code).toBe("CONFIG_INVALID");
    await packs.write("plain.json", { outcomes: { "spend/limits/allow": "plain" } });
    const named = await swapped("--budget", "budget.json", "--outcomes", "plain.json");
    expect(named.code).toBe("DIFF_BUDGET_EXCEEDED");
    const sources = await packs.diff([STRICTER, "swapped/spend/v1", "--unsafe-unverified", "--budget", "budget.json"]);
    expect(sources.code).toBe("DIFF_BUDGET_EXCEEDED");
  });

  it("takes a source whose folder does not name the pack with --pack-id", async () => {
    await cp(packs.at(WIDER), packs.at("renamed"), { recursive: true });
    expect((await packs.diff([OLD, "renamed", ...TRUST, "--iterations", "5"])).code).toBe("CONFIG_INVALID");
    const args = [OLD, "renamed", "--pack-id", "spend-v1", ...TRUST, "--iterations", "5"];
    expect((await packs.diff(args)).status).toBe(0);
  });

  it("when the tests of a source folder fail says so, and goes on", async () => {
    await cp(packs.at(WIDER), packs.at("untested/spend/v1"), { recursive: true });
    const failing = "package spend.limits_test\n\ntest_fails if false\n";
    await packs.write("untested/spend/v1/opa/spend/limits/limits_test.rego", failing);
    const { status, stderr, answer } = await packs.diff([OLD, "untested/spend/v1", ...TRUST, "--iterations", "20"]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/warning: 1 of the tests/)]);
    expect(answer.diff.groups[0]?.name).toBe(OPENED);
  });

  it("when a source folder does not build says why", async () => {
    await packs.write("broken/spend/v1/opa/spend/limits.rego", "package spend.limits\nallow if {");
    expect((await packs.diff([OLD, "broken/spend/v1", ...TRUST])).code).toBe("SOURCE_INVALID");
    expect((await packs.diff([OLD, "nowhere/spend/v1", ...TRUST])).status).toBe(2);
  });
});

describe("policy-pack diff of packs that do not verify", () => {
  it.each<[string, () => Promise<readonly string[]>, readonly unknown[]]>([
    ["OLD without a bundle", () => Promise.resolve([OLD, WIDER, "--dev-authority"]), [2, "CONFIG_INVALID"]],
    ["OLD without trust", () => Promise.resolve([OLD, WIDER, "--old-bundle", OLD_BUNDLE]), [2, "CONFIG_INVALID"]],
    ["OLD as a source folder", () => Promise.resolve([STRICTER, WIDER, "--dev-authority"]), [2, "CONFIG_INVALID"]],
    ["NEW as a tar without a bundle", () => Promise.resolve([OLD, OLD, ...TRUST]), [2, "CONFIG_INVALID"]],
    [
      "OLD by somebody else",
      () =>
        Promise.resolve([
          ...[OLD, WIDER, "--old-bundle", OLD_BUNDLE, ...DEV_ROOT],
          ...["--certificate-identity", "eve@example.com", "--certificate-oidc-issuer", "https://issuer.example.com"],
        ]),
      [5, "IDENTITY_MISMATCH"],
    ],
    [
      "OLD with a bit flipped",
      async () => {
        const bytes = await readFile(packs.at(OLD));
        bytes[600] = (bytes[600] ?? 0) ^ 1;
        await writeFile(packs.at("damaged.tar"), bytes);
        return ["damaged.tar", WIDER, ...TRUST];
      },
      [4, "DIGEST_MISMATCH"],
    ],
    [
      "a source folder with a bundle of another pack",
      () => Promise.resolve([OLD, WIDER, ...TRUST, "--new-bundle", OLD_BUNDLE]),
      [4, "DIGEST_MISMATCH"],
    ],
  ])("refuses %s", async (_, args, expected) => {
    const { status, code, answer } = await packs.diff([...(await args()), "--html", "refused.html"]);
    expect([status, code]).toEqual(expected);
    expect(answer).not.toHaveProperty("diff");
    await expect(stat(packs.at("refused.html"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("takes them with --unsafe-unverified, loudly, and attests nothing", async () => {
    const { status, stderr, answer } = await packs.diff([OLD, OLD, "--unsafe-unverified", "--iterations", "10"]);
    expect([status, answer.packs.old.trust, answer.packs.new.trust]).toEqual([0, "unverified", "unverified"]);
    expect(stderr).toMatch(/warning:.*--unsafe-unverified/);
    expect((await packs.diff([OLD, OLD, "--unsafe-unverified", "--dev-authority"])).code).toBe("CONFIG_INVALID");
    const attest = ["--attest", "unsafe.sigstore.json", "--attest-dev-authority"];
    expect((await packs.diff([OLD, OLD, "--unsafe-unverified", ...attest])).code).toBe("CONFIG_INVALID");
  });
});

describe("policy-pack diff of packs from elsewhere", () => {
  const few = ["--iterations", "20"];

  it("takes OLD from an address, which brings its bundle, and from an unpacked folder", async () => {
    const { cli } = packs;
    expect((await cli.run(["sign", "dist/spend/v1/spend-v1.tar", "--dev-authority"])).status).toBe(0);
    const server = cli.start(["serve", "--port", "0"]);
    try {
      const [address = ""] = /http:\/\/\S+/.exec(await waitForOutput(server, /http:\/\/\S+\n/)) ?? [];
      const url = `${address}/v1/policy/packs/spend-v1`;
      const fetched = await packs.diff([url, WIDER, "--dev-authority", ...few]);
      expect([fetched.status, fetched.answer.packs.old]).toEqual([0, { from: url, kind: "url", trust: "verified" }]);
      const stranger = ["--key", "stranger.pub", ...DEV_ROOT];
      expect((await packs.diff([url, WIDER, ...stranger, ...few])).code).toBe("KEY_MISMATCH");
      expect((await cli.run(["fetch", url, "--dir", "unpacked", "--dev-authority"])).status).toBe(0);
    } finally {
      server.kill("SIGTERM");
      await ended(server);
    }
    const { status, answer } = await packs.diff(["unpacked", WIDER, ...TRUST, ...few]);
    expect([status, answer.packs.old]).toEqual([0, { from: "unpacked", kind: "unpacked", trust: "verified" }]);
    await packs.write("unpacked/data/config/spend/data.json", { limit: 101 });
    expect((await packs.diff(["unpacked", WIDER, ...TRUST, ...few])).code).toBe("DIGEST_MISMATCH");
  });

  it("takes OLD from the source of what was signed, and no other", async () => {
    const { status, answer } = await packs.diff([OLD_SOURCE, WIDER, ...TRUST, ...few]);
    expect([status, answer.packs.old.trust]).toEqual([0, "verified"]);
    expect((await packs.diff([STRICTER, WIDER, ...TRUST, ...few])).code).toBe("DIGEST_MISMATCH");
  });

  it("when no one listens at the address says so", async () => {
    const url = "http://127.0.0.1:9/v1/policy/packs/spend-v1";
    expect((await packs.diff([url, WIDER, "--dev-authority", ...few])).status).toBe(6);
  });
});

describe("policy-pack diff --inputs", () => {
  const timestamp = "2026-01-01T00:00:00.000000001Z";
  const event = { timestamp, decision_id: "d1", path: "spend/limits/allow", input: { amount: 150 }, result: false };
  const log = (...records: readonly object[]): string =>
    records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const only = [OLD, WIDER, ...TRUST, "--iterations", "0", "--inputs"];

  it("decides a log and counts what cannot be decided", async () => {
    await packs.write(
      "decisions.jsonl",
      log(event, { ...event, erased: ["/input/amount"] }, { ...event, input: { amount: 5 } }),
    );
    const { status, stderr, answer } = await packs.diff([...only, "decisions.jsonl"]);
    expect([status, await isDiffAnswer(answer)]).toEqual([0, [true, null]]);
    expect(answer.diff).toMatchObject({
      seed: null,
      inputs: { case: 0, log: 2, random: 0 },
      flips: { denyToAllow: 1 },
    });
    expect(answer.logs).toMatchObject([{ decisions: 2, undecidable: { erased: 1 }, torn: null }]);
    expect(stderr).toMatch(/warning:.*erased/);
  });

  it("when the last line is torn refuses the log, unless that is allowed", async () => {
    await packs.write("torn.jsonl", log(event, event).slice(0, -12));
    const refused = await packs.diff([...only, "torn.jsonl"]);
    expect([refused.status, refused.code]).toEqual([3, "DECISION_LOG_INVALID"]);
    expect(JSON.stringify(refused.answer)).toContain("torn.jsonl:2");
    const { status, stderr, answer } = await packs.diff([...only, "torn.jsonl", "--allow-torn-tail"]);
    expect([status, answer.logs]).toMatchObject([0, [{ decisions: 1, torn: "torn.jsonl:2" }]]);
    expect(stderr).toContain("torn.jsonl:2");
  });

  it("decides the cases of a folder, and says which NEW answers otherwise", async () => {
    const recorded = { entrypoint: "spend/limits/allow", why: "the limit" };
    const cases = [
      { ...recorded, name: "at-the-limit", input: { amount: 100 }, expected: true },
      { ...recorded, name: "above-the-limit", input: { amount: 101 }, expected: false },
    ];
    await packs.write("written/limits.json", { cases });
    await packs.write("written/decisions.jsonl", log(event));
    const { answer } = await packs.diff([...only, "written"]);
    expect(answer.diff.inputs).toEqual({ case: 2, log: 1, random: 0 });
    expect(answer.diff.failedCases).toMatchObject([{ id: "above-the-limit", expected: false }]);
  });

  it.each([
    ["what is not there", "nowhere.jsonl"],
    ["a folder without inputs", "tmp-empty"],
  ])("refuses %s", async (_, path) => {
    await packs.write("tmp-empty/readme.txt", "nothing");
    expect((await packs.diff([...only, path])).code).toBe("CONFIG_INVALID");
  });
});

describe("policy-pack diff when it is interrupted", () => {
  it("dies by the signal and leaves nothing behind", async () => {
    await packs.write("tmp-stop/.keep", "");
    const args = ["diff", OLD, WIDER, ...TRUST, "--iterations", "1000000", "--html", "stopped.html"];
    const child = packs.cli.start(args, { env: { TMPDIR: packs.at("tmp-stop") } });
    let said = "";
    // What is said between building the packs and deciding.
    child.stderr?.on("data", (piece: Buffer) => {
      said += piece.toString();
      if (said.includes("signed it yet")) child.kill("SIGINT");
    });
    expect(await ended(child)).toEqual({ status: null, signal: "SIGINT" });
    await expect(stat(packs.at("stopped.html"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readdir(packs.at("tmp-stop"))).toEqual([".keep"]);
  });
});
