import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readWorkspaces } from "../../scripts/npm/workspaces.ts";
import { describeWith } from "../interop/tools.ts";

let temp: TempDir;

const at = (path: string): string => join(temp.path, path);
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

beforeEach(async () => {
  temp = await createTempDir();
  for (const name of ["bin", "folder", "releases"]) mkdirSync(at(name));
});
afterEach(() => temp.remove());

/** Puts a program on PATH that writes what it is asked to calls.txt. */
function program(name: string, text: string): void {
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\nprintf '%s\\n' "$*" >>calls.txt\n${text}`);
  chmodSync(at(`bin/${name}`), 0o755);
}

function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const path = [at("bin"), process.env["PATH"] ?? ""].join(delimiter);
  const options = { cwd: temp.path, env: { PATH: path, HOME: temp.path, ...env }, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(resolve("scripts", script), [...args], options);
  const calls = existsSync(at("calls.txt")) ? readFileSync(at("calls.txt"), "utf8").trimEnd().split("\n") : [];
  return { status, stderr, calls };
}

function writeFolder(revision: unknown = 1, previousDigest: string | null = null, packId = "a-v1"): string {
  const digest = sha256("the pack");
  writeFileSync(at("folder/a-v1.tar"), "the pack");
  writeFileSync(at("folder/README.md"), "how");
  const manifest = { packId, revision, previousDigest, digest: { algorithm: "sha256", value: digest } };
  writeFileSync(at("folder/manifest.json"), JSON.stringify({ manifest }));
  const sums = ["a-v1.tar", "README.md", "manifest.json"].map(
    (name) => `${sha256(readFileSync(at(`folder/${name}`)))}  ${name}\n`,
  );
  writeFileSync(at("folder/SHA256SUMS"), sums.join(""));
  return digest;
}

describeWith("jq", "publish_release.sh", () => {
  const SHA = { GITHUB_SHA: "1".repeat(40) };
  const BUILT = sha256("the pack");
  const OTHER = ["folder", sha256("other")];

  it("makes a release of the folder's files, at the commit", () => {
    const digest = writeFolder(3);
    program("gh", "");
    const { status, calls } = run("publish_release.sh", ["folder", digest], SHA);
    expect([status, calls]).toEqual([
      0,
      [
        "release list --limit 1000 --json tagName --jq .[].tagName",
        `release create a-v1-r3 --target ${SHA.GITHUB_SHA} --title a-v1 revision 3 --notes-file folder/README.md ` +
          "folder/README.md folder/SHA256SUMS folder/a-v1.tar folder/manifest.json",
      ],
    ]);
  });

  it.each([
    ["whose pack is not the one that the workflow built", () => ["folder", "0".repeat(64)]],
    ["of which nobody says which pack was built", () => ["folder", ""]],
    ["with a file that changed", () => (writeFileSync(at("folder/README.md"), "other"), ["folder", BUILT])],
    ["whose pack is not its manifest's", () => (writeFileSync(at("folder/a-v1.tar"), "other"), resum(), OTHER)],
    ["with a revision that is none", () => (writeFolder("1 --repo x"), ["folder", BUILT])],
    ["with an id that is none", () => (writeFolder(1, null, "../x-v1"), ["folder", BUILT])],
  ])("refuses a folder %s, and asks GitHub nothing", (_, prepare) => {
    writeFolder();
    program("gh", "");
    const { status, calls } = run("publish_release.sh", prepare(), SHA);
    expect([status === 0, calls]).toEqual([false, []]);
  });

  it.each([
    ["passes over a revision that is released with the same bytes", "the pack", 0, ""],
    ["never replaces one that is released with others", "another", 2, "error CONTRACT_ALTERED"],
  ])("%s", (_, published, status, message) => {
    writeFolder();
    program("gh", `[ "$2" = list ] && echo a-v1-r1 && exit\nprintf '%s' '${published}' >"$7/a-v1.tar"\n`);
    const { calls, status: ended, stderr } = run("publish_release.sh", ["folder", BUILT], SHA);
    expect([ended, stderr]).toEqual([status, expect.stringContaining(message)]);
    expect(calls.map((call) => call.split(" ")[1])).toEqual(["list", "download"]);
  });

  it("makes no release when GitHub cannot say which there are", () => {
    writeFolder();
    program("gh", "exit 1\n");
    const { status, calls } = run("publish_release.sh", ["folder", BUILT], SHA);
    expect([status, calls.length]).toEqual([1, 1]);
  });

  function resum(): void {
    const text = readFileSync(at("folder/SHA256SUMS"), "utf8");
    writeFileSync(at("folder/SHA256SUMS"), text.replace(sha256("the pack"), sha256("other")));
  }
});

describeWith("jq", "fetch_release.sh", () => {
  const env = {
    MANIFEST: "folder/manifest.json",
    GITHUB_SERVER_URL: "https://x",
    GITHUB_WORKFLOW_REF: "o/r/w@refs/heads/main",
  };
  const PREVIOUS = `sha256:${sha256("the pack before")}`;

  it("asks for nothing when the revision is the first", () => {
    writeFolder();
    program("gh", "exit 1\n");
    expect(run("fetch_release.sh", ["previous"], env)).toMatchObject({ status: 0, calls: [] });
  });

  it("says so when the revision before was never released", () => {
    writeFolder(2, PREVIOUS);
    program("gh", 'echo a-v1-r11; echo "a-v1-r1 "\n');
    const { status, stderr, calls } = run("fetch_release.sh", ["previous"], env);
    expect([status, calls.length]).toEqual([0, 1]);
    expect(stderr).toContain("a-v1-r1 was never released");
  });

  it("refuses a release whose pack is not the previous digest's", () => {
    writeFolder(2, PREVIOUS);
    program("gh", '[ "$2" = list ] && echo a-v1-r1 && exit\necho another >previous/a-v1.tar\n');
    const { status, stderr } = run("fetch_release.sh", ["previous"], env);
    expect([status, stderr]).toEqual([2, expect.stringContaining("error CHAIN_BROKEN")]);
  });

  it("refuses a release that this workflow did not sign", () => {
    writeFolder(2, PREVIOUS);
    program(
      "gh",
      `[ "$2" = list ] && echo a-v1-r1 && exit\nprintf 'the pack before' >previous/a-v1.tar\necho '{}' >previous/a-v1.sigstore.json\n`,
    );
    const { status, stderr } = run("fetch_release.sh", ["previous"], env);
    expect([status, stderr]).toEqual([3, expect.stringContaining("error BUNDLE_INVALID")]);
  });
});

describeWith("jq", "npm_publish.sh", () => {
  beforeEach(() => {
    mkdirSync(at("package"));
    for (const name of ["01-a", "02-b"]) {
      writeFileSync(at("package/package.json"), JSON.stringify({ name: name.slice(3), version: "1.0.0" }));
      spawnSync("tar", ["-czf", `folder/${name}-1.0.0.tgz`, "package/package.json"], { cwd: temp.path });
    }
  });

  const publish = (view: string) => {
    program("npm", `[ "$1" = view ] || exit 0\n${view}`);
    return run("npm_publish.sh", ["folder"]);
  };
  const NOT_FOUND = `echo '{"error": {"code": "E404"}}'; exit 1\n`;

  it.each([
    ["npm knows no such package", NOT_FOUND],
    ["npm knows no such version", ""],
  ])("publishes each in its order, with provenance, where %s", (_, view) => {
    const { status, calls } = publish(view);
    expect([status, calls.filter((call) => call.startsWith("publish"))]).toEqual([
      0,
      ["01-a", "02-b"].map(
        (name) => `publish ./folder/${name}-1.0.0.tgz --access public --provenance --ignore-scripts`,
      ),
    ]);
  });

  it("passes over what is published with the same bytes", () => {
    const [first = ""] = readdirSync(at("folder")).sort();
    const same = createHash("sha512")
      .update(readFileSync(at(`folder/${first}`)))
      .digest("base64");
    const { status, calls } = publish(`case $2 in a@*) echo '"sha512-${same}"';; *) ${NOT_FOUND.trimEnd()};; esac\n`);
    expect([status, calls.filter((call) => call.startsWith("publish")).length]).toEqual([0, 1]);
  });

  it.each([
    ["is published with other bytes", `echo '"sha512-AAAA"'\n`, "CONTRACT_ALTERED"],
    ["npm cannot tell of", `echo '{"error": {"code": "ECONNRESET"}}'; exit 1\n`, "FETCH_FAILED"],
    ["npm says nothing of", "exit 1\n", "FETCH_FAILED"],
  ])("stops at a version that %s", (_, view, code) => {
    const { status, stderr, calls } = publish(view);
    expect([status, calls.length, stderr]).toEqual([2, 1, expect.stringContaining(`error ${code}`)]);
  });

  it("is an error where there are no packages", () => {
    program("npm", "");
    expect(run("npm_publish.sh", ["releases"])).toMatchObject({ status: 2, calls: [] });
  });
});

describe("the npm packages", () => {
  it("are all but the private workspaces, each after what it depends on", async () => {
    const workspaces = await readWorkspaces();
    const names = workspaces.map(({ json }) => json.name);
    expect(names).toContain("cos-policy-fetcher");
    expect(names).not.toContain("@policy-pack/testkit");
    for (const [index, { json }] of workspaces.entries()) {
      const later = names.slice(index);
      expect(Object.keys(json.dependencies ?? {}).filter((name) => later.includes(name))).toEqual([]);
    }
  });

  it("are not packed for a tag of another version", () => {
    const { status, stderr } = run("npm_pack.sh", [at("npm"), "9.9.9"]);
    expect([status, existsSync(at("npm"))]).toEqual([1, false]);
    expect(stderr).toContain("not of version 9.9.9");
  });
});
