import { spawn, spawnSync } from "node:child_process";
import type { SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

const BIN = join(import.meta.dirname, "..", "bin");

/** A checkout with the bin alone, whose `dist` prints what it was run with. */
let checkout: string;
let bin: string;

function writeEngines(range: string): void {
  const manifest = { type: "module", engines: { node: range } };
  writeFileSync(join(checkout, "clients/cli/package.json"), JSON.stringify(manifest));
}

function writeDist(source: string): void {
  mkdirSync(join(checkout, "clients/cli/dist"), { recursive: true });
  writeFileSync(join(checkout, "clients/cli/dist/index.js"), source);
}

/** The Node in `.tools/`: a script that starts this one and says so, since `engines` refuses the running Node. */
function writeToolsNode(body: string): string {
  const folder = join(checkout, ".tools/node/bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "node"), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return join(folder, "node");
}

function run(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", input: "from stdin" });
}

beforeEach(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), "policy-pack-bin-")));
  bin = join(checkout, "clients/cli/bin/policy-pack.js");
  cpSync(BIN, join(checkout, "clients/cli/bin"), { recursive: true });
  writeEngines(">=20");
  writeDist(
    "export async function main() { process.stdout.write(JSON.stringify(process.argv.slice(2))); process.exitCode = 5; }",
  );
});

afterEach(() => {
  rmSync(checkout, { recursive: true, force: true });
});

describe("policy-pack (bin)", () => {
  describe("when this Node fits", () => {
    it("runs the built command with the arguments and its exit code", () => {
      const { status, stdout } = run("verify", "a b", "--json");
      expect([status, stdout]).toEqual([5, '["verify","a b","--json"]']);
    });

    it("finds the checkout through a link, as node_modules/.bin is one", () => {
      const link = join(checkout, "policy-pack");
      symlinkSync(bin, link);
      expect(spawnSync(process.execPath, [link, "x"], { encoding: "utf8" }).stdout).toBe('["x"]');
    });
  });

  describe("when the command is bundled", () => {
    const compiled = (): string => join(checkout, "clients/cli/dist/.tsbuildinfo");

    /** A bundle whose main module, in the hot file, needs another that is a file of its own. */
    function writeBundle(): string {
      const dir = join(checkout, "clients/cli/dist/command");
      mkdirSync(dir);
      const main = `exports.main = async () => {
        const { stat } = await importPackage("node:fs/promises");
        process.stdout.write(require("./other.cjs").text + typeof stat);
      };`;
      writeFileSync(
        join(dir, "hot.js"),
        `({ "main.cjs": function (exports, require, module, file, dir, importPackage) { ${main} } })`,
      );
      writeFileSync(join(dir, "other.cjs"), 'exports.text = require("node:path").basename(__filename) + " ";');
      writeFileSync(join(dir, "inputs.json"), JSON.stringify({ "../.tsbuildinfo": 1000 }));
      return dir;
    }

    it("runs the bundle in place of the modules when it is installed, and when nothing was compiled since", () => {
      writeBundle();
      expect(run("verify").stdout).toBe("other.cjs function");
      writeFileSync(compiled(), "");
      utimesSync(compiled(), 1, 1);
      expect(run("verify").stdout).toBe("other.cjs function");
    });

    it.each([
      ["a workspace was compiled since", 2, '{"../.tsbuildinfo":1000}'],
      ["a workspace is an older one", 0, '{"../.tsbuildinfo":1000}'],
      ["a workspace is gone", 1, '{"../.tsbuildinfo":1000,"../../../absent":1000}'],
      ["nothing says what was bundled", 1, "{}"],
      ["what says it is cut off", 1, '{"../.tsbui'],
    ])("runs the modules when %s", (_name, seconds, inputs) => {
      const dir = writeBundle();
      writeFileSync(compiled(), "");
      utimesSync(compiled(), seconds, seconds);
      writeFileSync(join(dir, "inputs.json"), inputs);
      expect(run("verify").stdout).toBe('["verify"]');
    });

    it("runs the bundle whatever its compiled code is worth", () => {
      const dir = writeBundle();
      writeFileSync(join(dir, "hot.js.v8"), "not V8's");
      expect(run("verify").stdout).toBe("other.cjs function");
    });
  });

  describe("when the command is not built", () => {
    it("returns 2 and names the way to build it", () => {
      rmSync(join(checkout, "clients/cli/dist"), { recursive: true });
      const { status, stdout, stderr } = run("verify");
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^error TOOL_MISSING: .*npm run build/);
    });

    it("prints the error as JSON with --json", () => {
      rmSync(join(checkout, "clients/cli/dist"), { recursive: true });
      const { status, stdout, stderr } = run("verify", "--json");
      expect([status, stderr]).toEqual([2, ""]);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: "TOOL_MISSING", retryable: false } });
    });
  });

  describe("when this Node does not fit", () => {
    const current = process.versions.node.split(".").map(Number);
    const [major = 0, minor = 0, patch = 0] = current;

    it.each([
      [`^${major}.${minor}.${patch}`, true],
      [`^${major}.${minor}.${patch + 1}`, false],
      [`^${major}.${minor + 1}.0`, false],
      [`^${major - 1}.0.0`, false],
      [`^${major + 1}.0.0 || ^${major}.0.0`, true],
      [`>=${major}`, true],
      [`>=${major + 1}`, false],
      [`^1.0.0 || >=${major - 1}`, true],
    ])("compares %s with the running version as npm does", (range, fits) => {
      writeEngines(range);
      expect(run("x").status).toBe(fits ? 5 : 2);
    });

    it("returns 2 and names both ways when there is no other Node", () => {
      writeEngines(">=999");
      const { status, stderr } = run("verify");
      expect(status).toBe(2);
      expect(stderr).toMatch(/^error TOOL_MISSING: .*>=999.*make.*nodejs\.org/);
    });

    it("returns 2 and does not run itself for ever when the other Node is this one", () => {
      writeEngines(">=999");
      mkdirSync(join(checkout, ".tools/node/bin"), { recursive: true });
      symlinkSync(process.execPath, join(checkout, ".tools/node/bin/node"));
      expect(run("verify").status).toBe(2);
    });

    it("runs itself on the other Node with the same arguments and streams, and ends with its exit code", () => {
      writeEngines(">=999");
      writeToolsNode('printf "%s|" "$@"; cat; exit 4');
      const { status, stdout } = run("fetch", "a b");
      expect([status, stdout]).toEqual([4, `${bin}|fetch|a b|from stdin`]);
    });

    it("ends by the signal that ended the other Node", () => {
      writeEngines(">=999");
      writeToolsNode("kill -KILL $$");
      const { status, signal } = run("serve");
      expect([status, signal]).toEqual([null, "SIGKILL"]);
    });

    it("passes SIGTERM on and waits for the other Node to end", async () => {
      writeEngines(">=999");
      writeToolsNode(`exec ${process.execPath} -e '
        process.on("SIGTERM", () => { console.log("drained"); process.exit(0); });
        setInterval(() => undefined, 1000);
        console.log("ready");'`);
      const child = spawn(process.execPath, [bin, "serve"], { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      for await (const piece of child.stdout) {
        output += String(piece);
        if (output === "ready\n") child.kill("SIGTERM");
      }
      expect(output).toBe("ready\ndrained\n");
      const status = child.exitCode ?? (await new Promise((resolve) => child.once("exit", resolve)));
      expect(status).toBe(0);
    });
  });
});
