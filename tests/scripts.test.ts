import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

const FAILURE = {
  error: { code: "SOURCE_INVALID", message: "1 error occurred:\nx.rego:2\u001b[2J", retryable: false },
};
const HEX = "0".repeat(64);

let temp: TempDir;

beforeAll(async () => {
  temp = await createTempDir();
  const path = join(temp.path, "npx");
  writeFileSync(
    path,
    '#!/bin/sh\nprintf "%s\\n" "$*" >>"$RUNS"\n[ -z "$WRITES" ] || echo new >"$WRITES"\nprintf "%s" "$ANSWER"\nexit "$STATUS"\n',
  );
  chmodSync(path, 0o755);
});
afterAll(() => temp.remove());

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The commands that the script ran, without their first words. */
  readonly runs: readonly string[];
}

/** Runs a script whose `policy-pack` prints the answer and ends with the status. */
function runScript(name: string, args: readonly string[], env: Record<string, string>): Run {
  const file = join(temp.path, "runs.txt");
  rmSync(file, { force: true });
  const path = [temp.path, process.env["PATH"] ?? ""].join(delimiter);
  const base = { PATH: path, HOME: temp.path, RUNS: file, ANSWER: "", STATUS: "0", WRITES: "" };
  const { status, stdout, stderr } = spawnSync(`scripts/${name}`, [...args], {
    env: { ...base, ...env },
    encoding: "utf8",
  });
  const runs = readFileSync(file, "utf8").trim().replaceAll("--no-install policy-pack ", "").split("\n");
  return { status, stdout, stderr, runs };
}

describe("build_policy_pack.sh", () => {
  it("prints the digest's hex alone", () => {
    const answer = JSON.stringify({ digest: `sha256:${HEX}` });
    const run = runScript("build_policy_pack.sh", ["source", "out", "a.tar"], { ANSWER: answer });
    expect(run).toMatchObject({ status: 0, stdout: `${HEX}\n`, runs: ["build source --out out --tar a.tar --json"] });
  });

  it("says why a build failed on stderr and ends with the command's status", () => {
    const run = runScript("build_policy_pack.sh", ["source"], { ANSWER: JSON.stringify(FAILURE), STATUS: "2" });
    expect(run).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("error SOURCE_INVALID: 1 error"),
    });
    expect(run.stderr).toContain("\nx.rego:2");
    expect(run.stderr).not.toContain("\u001b");
  });

  it.each(["", '{"digest"'])("ends with the status of a command that was killed after it answered %j", (ANSWER) => {
    const run = runScript("build_policy_pack.sh", [], { STATUS: "137", ANSWER });
    expect(run).toMatchObject({ status: 137, stdout: "" });
  });

  it.each(["", "{}", '{"digest": "sha256:"}', '{"digest"'])(
    "fails when the answer is %j, whatever its status",
    (ANSWER) => {
      const run = runScript("build_policy_pack.sh", [], { ANSWER });
      expect([run.status === 0, run.stdout]).toEqual([false, ""]);
    },
  );
});

describe("cosign_sign.sh", () => {
  it("signs with the development authority outside GitHub, whatever token the environment holds", () => {
    const token = { SIGSTORE_ID_TOKEN: "x", ACTIONS_ID_TOKEN_REQUEST_URL: "x", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" };
    const { runs } = runScript("cosign_sign.sh", ["a.tar", "a.json"], token);
    expect(runs).toEqual([
      "sign a.tar --bundle a.json --dev-authority",
      "verify a.tar --bundle a.json --dev-authority",
    ]);
  });

  it("signs keyless on GitHub and verifies the workflow's identity", () => {
    const workflow = { GITHUB_SERVER_URL: "https://github.example", GITHUB_WORKFLOW_REF: "o/r/w.yml@refs/heads/main" };
    const { runs } = runScript("cosign_sign.sh", ["a.tar", "a.json"], { GITHUB_ACTIONS: "true", ...workflow });
    expect(runs[0]).toBe("sign a.tar --bundle a.json");
    expect(runs[1]).toContain("--certificate-identity https://github.example/o/r/w.yml@refs/heads/main ");
  });

  it("ends with the status of what failed and verifies nothing then", () => {
    const run = runScript("cosign_sign.sh", ["a.tar", "a.json"], { STATUS: "2" });
    expect([run.status, run.runs.length]).toEqual([2, 1]);
  });
});

describe("attest_pack.sh", () => {
  const at = (name: string): string => join(temp.path, name);
  const [bundles, next] = [(): string => at("a.jsonl"), (): string => at("a.next.jsonl")];
  const attest = (env: Record<string, string>): Run =>
    runScript("attest_pack.sh", ["a.tar", bundles()], { WRITES: next(), ...env });
  const TYPES = ["slsaprovenance1", "test-result", "release", "cyclonedx"];

  it("states each type with the development authority outside GitHub, and verifies it", () => {
    const token = { SIGSTORE_ID_TOKEN: "x", ACTIONS_ID_TOKEN_REQUEST_URL: "x", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" };
    const { status, runs } = attest(token);
    expect(status).toBe(0);
    const demands = (type: string): string =>
      type === "slsaprovenance1" ? "--builder-id urn:policy-pack:builder:local:v1 " : "";
    expect(runs).toEqual(
      TYPES.flatMap((type) => [
        `attest a.tar --type ${type} --bundle ${next()} --dev-authority`,
        `verify-attestation a.tar --type ${type} --bundle ${next()} ${demands(type)}--dev-authority`,
      ]),
    );
  });

  it("states each type keyless on GitHub, and demands this workflow, repository and ref", () => {
    const { runs } = attest({
      GITHUB_ACTIONS: "true",
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_REF: "refs/heads/main",
      GITHUB_WORKFLOW_REF: "o/r/w.yml@refs/heads/main",
    });
    const workflow = "https://github.example/o/r/w.yml@refs/heads/main";
    expect(runs[0]).toBe(`attest a.tar --type slsaprovenance1 --bundle ${next()}`);
    expect(runs[1]).toContain(` --builder-id ${workflow} --source-repository https://github.example/o/r `);
    expect(runs[1]).toContain(" --source-ref refs/heads/main ");
    expect(runs.filter((line) => line.includes(` --certificate-identity ${workflow} `))).toHaveLength(TYPES.length);
  });

  it("ends with the status of what failed, verifies nothing then, and leaves what was stated before", () => {
    writeFileSync(bundles(), "old");
    const run = attest({ STATUS: "4" });
    expect([run.status, run.runs.length, readFileSync(bundles(), "utf8")]).toEqual([4, 1, "old"]);
    attest({});
    expect(readFileSync(bundles(), "utf8")).toBe("new\n");
  });
});
