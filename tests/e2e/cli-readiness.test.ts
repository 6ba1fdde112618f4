import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import {
  compileContract,
  createPromotionWorld,
  RELEASE,
  SERVICE,
  TARGET,
} from "../../server/test/support/promotion-world.ts";
import type { PromotionWorld } from "../../server/test/support/promotion-world.ts";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const ASK = ["readiness", "--service", SERVICE, "--token-file", "token"];
const SUMMARY = "summary.sigstore.json";

interface Statement {
  readonly predicateType: string;
  readonly subject: readonly object[];
  readonly predicate: Readonly<Record<string, unknown>>;
}

let world: PromotionWorld;
let folder: TempDir;
let cli: Cli;

beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  world = await createPromotionWorld();
  world.clock.now = new Date(); // The command takes no verdict of another time than its own.
  await world.install((await compileContract(1)).tar);
  world.measure();
  const slow = { service: SERVICE, p95Ms: 400, p99Ms: 480, errorRate: 0.001, window: "30m" };
  world.measure({ releaseId: "slow", snapshot: slow });
  await writeFile(join(folder.path, "token"), `${await world.token()}\n`);
});

afterAll(async () => {
  await world.close();
  await folder.remove();
});

async function ask(release: string, ...flags: readonly string[]): Promise<{ status: number | null; answer: unknown }> {
  return await cli.json([...ASK, "--release", release, "--server", world.url, ...flags]);
}

async function readStatement(): Promise<Statement> {
  const text = await readFile(join(folder.path, SUMMARY), "utf8");
  const { dsseEnvelope } = JSON.parse(text) as { dsseEnvelope: { payload: string } };
  return JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString("utf8")) as Statement;
}

describe("policy-pack readiness, with a real server", () => {
  it("exits by the verdict", async () => {
    expect(await ask(RELEASE)).toMatchObject({ status: 0, answer: { readiness: { verdict: "GO" } } });
    expect(await ask("slow")).toMatchObject({ status: 5, answer: { error: { code: "PROMOTION_REFUSED" } } });
    expect(await ask("unheard-of")).toMatchObject({ status: 5, answer: { error: { code: "EVIDENCE_INSUFFICIENT" } } });
  });

  it("signs a summary of a GO about the artifact, which verify-attestation proves", async () => {
    const { status } = await ask(RELEASE, "--attest", SUMMARY, "--attest-dev-authority");
    expect(status).toBe(0);
    const { predicateType, subject, predicate } = await readStatement();
    expect([predicateType, subject]).toEqual([
      "https://slsa.dev/verification_summary/v1",
      [{ digest: { sha256: TARGET.slice("sha256:".length) } }],
    ]);
    expect(predicate).toMatchObject({
      resourceUri: `urn:policy-pack:release:production:${SERVICE}:${RELEASE}`,
      policy: { uri: "urn:policy-pack:pack:policy-pack-v0" },
      verificationResult: "PASSED",
      verifiedLevels: ["POLICY_PACK_GO"],
      readiness: { verdict: "GO", artifactDigest: TARGET },
    });
    const proof = ["verify-attestation", TARGET, "--type", "vsa", "--bundle", SUMMARY, "--dev-authority"];
    expect((await cli.run(proof)).status).toBe(0);
  });

  it("signs one of a refusal only when that is asked for, and still refuses", async () => {
    await rm(join(folder.path, SUMMARY), { force: true });
    const flags = ["--attest", SUMMARY, "--attest-dev-authority"];
    expect((await ask("slow", ...flags)).status).toBe(5);
    await expect(readStatement()).rejects.toMatchObject({ code: "ENOENT" });
    expect((await ask("slow", ...flags, "--attest-failure")).status).toBe(5);
    expect((await readStatement()).predicate).toMatchObject({
      verificationResult: "FAILED",
      verifiedLevels: ["FAILED"],
      failure: { code: "PROMOTION_REFUSED" },
    });
  });

  it("signs nothing about an artifact that nobody named", async () => {
    await rm(join(folder.path, SUMMARY), { force: true });
    const flags = ["--attest", SUMMARY, "--attest-dev-authority", "--attest-failure"];
    expect((await ask("unheard-of", ...flags)).status).toBe(5);
    await expect(readStatement()).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("policy-pack attest --type risk-acceptance", () => {
  const RISK = { code: "read_p95_exceeded", reason: "a cache is being filled", until: "2999-01-01T00:00:00Z" };
  const ACCEPTANCE = { service: SERVICE, releaseId: "slow", environment: "production", risks: [RISK] };

  async function attest(predicate: object): Promise<readonly unknown[]> {
    await writeFile(join(folder.path, "acceptance.json"), JSON.stringify(predicate));
    const flags = ["--predicate", "acceptance.json", "--dev-authority", "--bundle", "acceptance.sigstore.json"];
    const { status, answer } = await cli.json(["attest", TARGET, "--type", "risk-acceptance", ...flags]);
    return [status, (answer as { error?: { code: string } }).error?.code];
  }

  it("signs what a server would count, and nothing else", async () => {
    expect(await attest(ACCEPTANCE)).toEqual([0, undefined]);
    expect(await attest({ ...ACCEPTANCE, unless: "it rains" })).toEqual([3, "INPUT_INVALID"]);
    const ended = { ...ACCEPTANCE, risks: [{ ...RISK, until: "2020-01-01T00:00:00Z" }] };
    expect(await attest(ended)).toEqual([5, "METADATA_EXPIRED"]);
  });
});
