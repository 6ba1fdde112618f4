import { describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describeWith } from "../interop/tools.ts";
import { readAction } from "./workflow-files.ts";

interface Linted {
  readonly status: number | null;
  readonly output: string;
}

function lint(tool: string, args: readonly string[], input?: string): Linted {
  const { status, stdout, stderr } = spawnSync(tool, [...args], {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  return { status, output: stdout + stderr };
}

const clean = { status: 0, output: expect.any(String) };

describeWith("actionlint", "actionlint", (tool) => {
  it("finds no fault in the workflows", () => {
    expect(lint(tool, [])).toEqual({ status: 0, output: "" });
  });

  it("would find one", () => {
    const text =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nothing }}\n";
    expect(lint(tool, ["-"], text).status).toBe(1);
  });
});

describeWith("zizmor", "zizmor", (tool) => {
  it("finds no weakness in the workflows and the action", () => {
    expect(lint(tool, ["--quiet", "--offline", "--persona=auditor", "--strict-collection", ".github"])).toEqual(clean);
  });
});

describeWith("shellcheck", "shellcheck", (tool) => {
  it("finds no fault in the scripts", () => {
    const scripts = readdirSync("scripts").flatMap((name) => (name.endsWith(".sh") ? [`scripts/${name}`] : []));
    const flags = ["--shell=bash", "--external-sources", "--source-path=SCRIPTDIR", "--severity=warning"];
    expect(lint(tool, [...flags, ...scripts])).toEqual({ status: 0, output: "" });
  });

  it("finds no fault in the action's steps, which actionlint does not read", () => {
    for (const { run = "" } of readAction().runs.steps) {
      expect({ run, ...lint(tool, ["--shell=bash", "-"], run) }).toEqual({ run, status: 0, output: "" });
    }
  });
});

describe("lint_workflows.sh", () => {
  it("is an error where no linter is", () => {
    const env = { PATH: "/usr/bin:/bin", HOME: "/nonexistent" };
    const script =
      'root=$1; command() { [ "$1" != -v ]; }; fail() { echo "error $1"; exit 2; }; eval "$(sed -n "/^cd/,$ p" "$2")"';
    const args = ["-c", script, "bash", process.cwd(), "scripts/lint_workflows.sh"];
    const { status, stdout, stderr } = spawnSync("bash", args, { env, encoding: "utf8" });
    expect([status, stdout]).toEqual([2, "error TOOL_MISSING\n"]);
    expect(stderr.match(/skipped: (\w+)/g)).toEqual(["skipped: actionlint", "skipped: zizmor", "skipped: shellcheck"]);
  });
});
