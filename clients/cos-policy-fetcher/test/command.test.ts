import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { main } from "../src/command.ts";
import { PACK_PATH, serve, server, stopServer } from "./serve.ts";
import { createSignedPacks } from "./signed-pack.ts";
import type { Signed } from "./signed-pack.ts";

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = fileURLToPath(new URL("../dist/index.js", import.meta.url));

let signed: Signed;
let temp: TempDir;
let root: string;

beforeAll(async () => {
  signed = await createSignedPacks();
});
afterAll(async () => {
  await signed.authority.close();
});
beforeEach(async () => {
  temp = await createTempDir();
  root = join(temp.path, "trusted_root.json");
  await writeFile(root, signed.authority.trustedRoot);
});
afterEach(async () => {
  await stopServer();
  await temp.remove();
});

async function run(...args: string[]): Promise<Run> {
  let stdout = "";
  let stderr = "";
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}

/** The built program, with a temporary folder of its own. */
function runProgram(args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: temp.path, NODE_OPTIONS: "" };
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

async function servedUrl(): Promise<string> {
  const { url } = await serve(server({ bytes: signed.pack.tar, bundle: signed.pack.bundle }));
  return url + PACK_PATH;
}

function flags(identity = signed.authority.identity): string[] {
  const { issuer } = signed.authority;
  return ["--trusted-root", root, "--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
}

describe("main", () => {
  it("prints the folder alone", async () => {
    const dir = join(temp.path, "pack");
    expect(await run(await servedUrl(), ...flags(), "--dir", dir)).toEqual({ code: 0, stdout: `${dir}\n`, stderr: "" });
    expect(await readdir(dir)).toContain("README.md");
  });

  it("prints one JSON line with --json", async () => {
    const dir = join(temp.path, "pack");
    const { stdout } = await run(await servedUrl(), ...flags(), "--dir", dir, "--json");
    expect(stdout.split("\n")).toHaveLength(2);
    const { digest } = signed.pack;
    expect(JSON.parse(stdout)).toMatchObject({ dir, digest, revision: "2", packId: "test-pack-v0" });
  });

  it("prints help with an example, and the version", async () => {
    expect((await run("--help")).stdout).toMatch(/Usage[^]*Example/);
    expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  describe("when it fails", () => {
    it("prints one line on stderr and returns the exit code of the class", async () => {
      const { code, stdout, stderr } = await run(await servedUrl(), ...flags("evil@example.com"));
      expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
      expect(stderr).toMatch(/^error IDENTITY_MISMATCH: [^\n]+\n$/);
    });

    it("prints the error as JSON on stdout with --json", async () => {
      const { code, stdout, stderr } = await run(await servedUrl(), ...flags("evil@example.com"), "--json");
      expect({ code, stderr }).toEqual({ code: 5, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: "IDENTITY_MISMATCH", retryable: false } });
    });

    it.each<[string, string[]]>([
      ["no URL", []],
      ["an unknown flag", ["http://127.0.0.1/a", "--trust-me"]],
      ["no trusted root", ["http://127.0.0.1/a", "--certificate-identity", "a", "--certificate-oidc-issuer", "b"]],
      ["a trusted root that is not there", ["http://127.0.0.1/a", "--trusted-root", "/nowhere", "--key", "/nowhere"]],
      ["a folder for a file", ["http://127.0.0.1/a", "--trusted-root", "/", "--key", "/"]],
    ])("returns 2 on %s", async (_, args) => {
      const { code, stderr } = await run(...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error CONFIG_INVALID: [^\n]+\n$/);
    });

    it("says what is wrong with a flag in one plain sentence", async () => {
      const { stderr } = await run("http://127.0.0.1/a", "--trust-me");
      expect(stderr).toBe("error CONFIG_INVALID: Unknown option '--trust-me'; see --help.\n");
    });

    it("returns 2 on a Node that does not fit, whatever is asked", async () => {
      let stderr = "";
      const output = { stdout: { write: () => undefined }, stderr: { write: (text: string) => (stderr += text) } };
      expect(await main(["--help"], output, "20.20.2")).toBe(2);
      expect(stderr).toMatch(/^error TOOL_MISSING: [^\n]+\n$/);
    });

    it("returns 2 on two URLs", async () => {
      const url = await servedUrl();
      expect((await run(url, url, ...flags(), "--dir", join(temp.path, "pack"))).code).toBe(2);
    });

    it("returns 2 when nobody is named who may have signed, or only half", async () => {
      const url = await servedUrl();
      for (const args of [[], ["--certificate-identity", "a"], ["--certificate-oidc-issuer", "a"]]) {
        expect((await run(url, "--trusted-root", root, ...args)).code).toBe(2);
      }
    });

    it("returns 6 when it cannot be fetched", async () => {
      const url = await servedUrl();
      await stopServer();
      expect((await run(url, ...flags())).code).toBe(6);
    });
  });
});

describe("node dist/index.js", () => {
  it("prints a folder in the temporary folder, and ends", async () => {
    const { code, stdout } = await runProgram([await servedUrl(), ...flags()]);
    expect(code).toBe(0);
    expect(stdout.startsWith(temp.path)).toBe(true);
    expect(await readdir(stdout.trim())).toContain("opa");
  });

  it("leaves nothing in the temporary folder when it fails", async () => {
    const { code } = await runProgram([await servedUrl(), ...flags("evil@example.com")]);
    expect(code).toBe(5);
    expect(await readdir(temp.path)).toEqual(["trusted_root.json"]);
  });
});
