import { describe, expect, it } from "@jest/globals";
import { accessSync, constants, readFileSync } from "node:fs";
import { ACTION, jobsOf, readAction, readWorkflows } from "./workflow-files.ts";
import type { Step } from "./workflow-files.ts";

const workflows = readWorkflows();
const jobs = jobsOf(workflows);
const action = readAction();
const steps: readonly (readonly [string, Step])[] = [
  ...jobs.flatMap(([name, job]) => job.steps.map((step) => [name, step] as const)),
  ...action.runs.steps.map((step) => ["action", step] as const),
];
const runs = steps.flatMap(([name, { run }]) => (run === undefined ? [] : [[name, run] as const]));
const texts = [...workflows.map(({ text }) => text), readFileSync(ACTION, "utf8")];

/** Each was found at that commit, under that version, in the workflows of more than one public repository. */
const PINS = [
  "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
  "actions/dependency-review-action@3c4e3dcb1aa7874d2c16be7d79418e9b7efd6261 # v4.8.2",
  "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0",
  "actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0",
  "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0",
  "github/codeql-action/analyze@e46ed2cbd01164d986452f91f178727624ae40d7 # v4.35.3",
  "github/codeql-action/init@e46ed2cbd01164d986452f91f178727624ae40d7 # v4.35.3",
  "github/codeql-action/upload-sarif@e46ed2cbd01164d986452f91f178727624ae40d7 # v4.35.3",
  "ossf/scorecard-action@4eaacf0543bb3f2c246792bd56e8cdeffafb205a # v2.4.3",
];

/** All that any job may write, and why it must. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  "codeql/analyze": ["security-events"],
  "decision-diff-comment/comment": ["pull-requests"],
  "policy-pack/release": ["contents"],
  "policy-pack/sign": ["id-token"],
  "release/publish": ["id-token"],
  "scorecard/analysis": ["security-events"],
};

describe("the workflows", () => {
  it("are those that there should be", () => {
    expect(workflows.map(({ file, name }) => [file, name])).toEqual(
      [
        "ci",
        "codeql",
        "contract-tests",
        "decision-diff-comment",
        "dependency-review",
        "policy-pack",
        "release",
        "scorecard",
      ].map((name) => [`${name}.yml`, name]),
    );
  });

  it("use actions by known commits alone, each the same everywhere", () => {
    const used = texts.flatMap((text) => [...text.matchAll(/uses: (.*)/g)].map(([, pin = ""]) => pin));
    expect([...new Set(used)].sort()).toEqual(PINS);
  });

  it("grant nothing at the top, and each job what it needs", () => {
    expect(workflows.filter(({ permissions }) => JSON.stringify(permissions) !== "{}")).toEqual([]);
    const granted = jobs.map(([name, { permissions = { all: "write" } }]) => {
      const writes = Object.keys(permissions).filter((scope) => permissions[scope] !== "read");
      return [name, writes.sort()] as const;
    });
    expect(Object.fromEntries(granted.filter(([, writes]) => writes.length > 0))).toEqual(WRITES);
  });

  it("keep no token in a checkout, and end every job in time", () => {
    const checkouts = steps.filter(([, { uses }]) => uses?.startsWith("actions/checkout@") === true);
    expect(checkouts.length).toBeGreaterThan(8);
    expect(checkouts.filter(([, step]) => step.with?.["persist-credentials"] !== false)).toEqual([]);
    expect(jobs.filter(([, job]) => job["timeout-minutes"] === undefined).map(([name]) => name)).toEqual([]);
  });

  it("put no expression into a shell, and no secret anywhere", () => {
    expect(runs.filter(([, run]) => run.includes("${{"))).toEqual([]);
    expect(texts.filter((text) => /\bsecrets\b|toJSON|fromJSON/.test(text))).toEqual([]);
  });

  it("never give a pull request's code a token that writes", () => {
    expect(texts.filter((text) => text.includes("pull_request_target"))).toEqual([]);
    const powerful = jobs.filter(([name]) => WRITES[name] !== undefined);
    const reached = powerful.filter(([, job, { on }]) => startsForPullRequests(on) && !isForPushes(job.if, job.needs));
    // CodeQL runs no code of the repository (build-mode: none), and GitHub takes the scope from forks.
    expect(reached.map(([name]) => name)).toEqual(["codeql/analyze"]);
    const comment = jobs.find(([name]) => name === "decision-diff-comment/comment")?.[1];
    expect(comment?.if).toBe("github.event.workflow_run.event == 'pull_request'");
    expect(comment?.steps.map(({ with: given }) => given?.["ref"])).toEqual([undefined, undefined, undefined]);
    expect(comment?.steps.flatMap(({ run = [] }) => run)).toEqual(["node scripts/comment/main.ts"]);
  });

  it("run nothing that was built or installed where releases are written", () => {
    const release = jobs.find(([name]) => name === "policy-pack/release")?.[1];
    expect(release?.steps.flatMap(({ run = [] }) => run)).toEqual([
      'scripts/publish_release.sh signed/dist/release "$DIGEST"',
    ]);
    const publish = jobs.find(([name]) => name === "release/publish")?.[1];
    expect(publish?.steps.flatMap(({ run = [] }) => run)).toEqual(["scripts/npm_publish.sh dist/npm"]);
    for (const script of ["publish_release.sh", "npm_publish.sh"]) {
      expect(readFileSync(`scripts/${script}`, "utf8")).not.toMatch(/\b(?:node|npx|make|source)\b/);
    }
  });

  it("publish npm packages of commits of the main branch alone", () => {
    const [checkout, check] = jobs.find(([name]) => name === "release/pack")?.[1].steps ?? [];
    expect([checkout?.with?.["fetch-depth"], check?.run]).toEqual([0, "git merge-base --is-ancestor HEAD origin/main"]);
    expect(jobs.find(([name]) => name === "release/publish")?.[1].needs).toBe("pack");
  });

  it("hold the committed manifest by the commands that the action's test runs", () => {
    const name = "The committed manifest is the one that this source builds";
    const found = steps.filter(([, step]) => step.name === name).map(([place, { run }]) => [place, run]);
    expect(found.map(([place]) => place)).toEqual(["policy-pack/build", "action"]);
    expect(found[0]?.[1]).toBe(found[1]?.[1]);
  });

  it("name what others rely on: the environment and the artifact", () => {
    const { env } = workflows.find(({ name }) => name === "policy-pack") ?? {};
    expect(env).toMatchObject({
      PACK_DIR: "contracts/policy-pack/v0",
      OUT_DIR: "dist/policy-pack/v0",
      PACK_TAR: "dist/policy-pack/v0/policy-pack-v0.tar",
      BUNDLE_JSON: "contracts/policy-pack/v0/signing/cosign.bundle.json",
      MANIFEST: "contracts/policy-pack/v0/manifest.json",
    });
    const uploads = jobs
      .filter(([name]) => name.startsWith("policy-pack/"))
      .flatMap(([name, { steps: own }]) =>
        own.filter(({ uses }) => uses?.includes("-artifact@")).map((step) => [name, step.with?.["name"]]),
      );
    expect(uploads).toEqual([
      ["policy-pack/build", "decision-diff"],
      ["policy-pack/build", "policy-pack-v0"],
      ["policy-pack/sign", "policy-pack-v0"],
      ["policy-pack/release", "policy-pack-v0"],
    ]);
  });

  it("compare the pack's bytes on three systems and three Nodes", () => {
    const matrix = jobs.find(([name]) => name === "ci/bytes")?.[1].strategy?.matrix;
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    expect(matrix?.["os"]?.map((os) => os.replace(/-.*/, ""))).toEqual(["ubuntu", "macos", "windows"]);
    expect(matrix?.["node"]?.map((version) => version.split(".")[0])).toEqual(["22", "24", "26"]);
    expect(engines.node).toContain(matrix?.["node"]?.[0]);
  });

  it("run scripts, make targets and npm scripts that there are", () => {
    const makefile = readFileSync("Makefile", "utf8");
    const npm = (JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> }).scripts;
    const all = runs.map(([, run]) => run).join("\n");
    const files = [...all.matchAll(/(?:scripts|clients)\/[\w./-]+\.(?:sh|js)/g)].map(([file]) => file);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) accessSync(file, constants.X_OK);
    for (const [file] of all.matchAll(/scripts\/[\w./-]+\.ts/g)) accessSync(file, constants.R_OK);
    const targets = [...all.matchAll(/\bmake ([a-z-]+)/g)].map(([, target = ""]) => target);
    expect(targets.filter((target) => !makefile.includes(`\n${target}:`))).toEqual([]);
    const scripts = [...all.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(scripts.filter((name) => npm[name] === undefined)).toEqual([]);
  });
});

describe("the composite action", () => {
  it("documents every input and output, and every step says its shell", () => {
    const { inputs, outputs } = action;
    const undocumented = [...Object.values(inputs), ...Object.values(outputs)].filter(
      ({ description }) => description.length < 8,
    );
    expect(undocumented).toEqual([]);
    expect(action.runs.using).toBe("composite");
    expect(action.runs.steps.filter(({ run, shell }) => run === undefined || shell !== "bash")).toEqual([]);
  });

  it("uses every input, and gives outputs of steps that it has", () => {
    const text = readFileSync(ACTION, "utf8");
    expect(Object.keys(action.inputs).filter((name) => !text.includes(`inputs.${name}`))).toEqual([]);
    const ids = action.runs.steps.flatMap(({ id = [] }) => id);
    for (const { value } of Object.values(action.outputs)) {
      expect(ids).toContain(/steps\.([a-z]+)\.outputs/.exec(value)?.[1]);
    }
  });
});

function startsForPullRequests(on: unknown): boolean {
  return JSON.stringify(on).includes("pull_request");
}

function isForPushes(condition: string | undefined, needs: string | readonly string[] | undefined): boolean {
  return condition === "github.event_name == 'push'" || (needs ?? []).includes("sign");
}
