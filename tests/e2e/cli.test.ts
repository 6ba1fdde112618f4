import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { BUNDLE, codeOf, createCheckout, DEV_IDENTITY, DEV_ISSUER, DEV_ROOT, REVISION, TAR } from "./cli-checkout.ts";
import type { Checkout } from "./cli-checkout.ts";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

let checkout: Checkout;
let cli: Cli;
let digest: string;
let at: Checkout["at"];
let damage: Checkout["damage"];

beforeAll(async () => {
  checkout = await createCheckout();
  ({ cli, digest, at, damage } = checkout);
});

afterAll(() => checkout.remove());

describe("policy-pack init", () => {
  it("scaffolds a pack that builds, passes its tests, is signed, verified and decides", async () => {
    const init = await cli.json(["init", "contracts/access/v1"]);
    expect([init.status, init.answer]).toMatchObject([0, { packId: "access-v1" }]);
    const built = await cli.json(["build", "contracts/access/v1"]);
    expect([built.status, built.answer]).toMatchObject([0, { packId: "access-v1", revision: 1 }]);
    const { tests, entrypoints } = built.answer as { tests: { passed: number }; entrypoints: string[] };
    expect(tests.passed).toBeGreaterThan(0);
    const tar = "dist/access/v1/access-v1.tar";
    const signed = await cli.json(["sign", tar]);
    expect(signed.status).toBe(0);
    const { bundle } = signed.answer as { bundle: string };
    expect(bundle).toBe(at("contracts/access/v1/signing/cosign.bundle.json"));
    const trust = ["--bundle", bundle, "--dev-authority"];
    expect((await cli.run(["verify", tar, ...trust])).status).toBe(0);
    const entrypoint = ["--entrypoint", entrypoints[0] ?? ""];
    const decided = await cli.json(["eval", tar, ...entrypoint, "--input", "-", ...trust], { stdin: "{}" });
    expect([decided.status, decided.answer]).toMatchObject([0, { revision: "1", packId: "access-v1" }]);
  });

  it("prints commands that lead, one after the other, to a decision", async () => {
    const { answer } = await cli.json(["init", "contracts/if-else/v2"]);
    const { next } = answer as { next: string[] };
    const verbs: (string | undefined)[] = [];
    for (const command of next) {
      const [, stdin, line = command] = /^echo '(.*)' \| (.*)$/.exec(command) ?? [];
      const [, verb, ...args] = line.split(" ");
      verbs.push(verb);
      const finished = await cli.run([verb ?? "", ...args], stdin === undefined ? {} : { stdin });
      expect([command, finished.status]).toEqual([command, 0]);
      if (verb === "eval") expect(finished.stdout).toMatch(/^true\n/);
    }
    expect(verbs).toEqual(["build", "sign", "inspect", "verify", "eval"]);
  });

  it("refuses a folder that holds something, with exit 2, and leaves it as it was", async () => {
    await mkdir(at("contracts/full/v1"), { recursive: true });
    await writeFile(at("contracts/full/v1/notes.txt"), "mine");
    const { status } = await cli.json(["init", "contracts/full/v1"]);
    expect(status).toBe(2);
    expect(await readFile(at("contracts/full/v1/notes.txt"), "utf8")).toBe("mine");
  });

  it("refuses a folder that names no pack, with exit 2", async () => {
    const { status, answer } = await cli.json(["init", "somewhere"]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });
});

describe("policy-pack build", () => {
  it("prints artifacts and digests for people, and the same bytes the second time", async () => {
    const { status, stdout, stderr } = await cli.run(["build"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`${TAR}  `);
    expect(stdout).toContain(digest);
    expect(stdout).not.toContain("\u001b");
  });

  it("writes where the flags say", async () => {
    const flags = ["--out", "out", "--tar", "elsewhere/pack.tar"];
    const { status, answer } = await cli.json(["build", ...flags]);
    expect([status, codeOf(answer), existsSync(at("elsewhere"))]).toEqual([2, "OUTPUT_FAILED", false]);
    await mkdir(at("elsewhere"));
    expect((await cli.run(["build", ...flags])).status).toBe(0);
    expect(await readFile(at("elsewhere/pack.tar"))).toEqual(await readFile(at(TAR)));
  });

  it("exits 2 for a folder that is not there", async () => {
    expect((await cli.json(["build", "contracts/none/v1"])).status).toBe(2);
  });
});

describe("policy-pack sign", () => {
  it("says in one line that the development authority proves nothing to others", async () => {
    const { status, stdout } = await cli.run(["sign", TAR, "--bundle", "again.json"]);
    expect(status).toBe(0);
    expect(stdout.split("\n").filter((line) => line.includes("proves nothing to others"))).toHaveLength(1);
  });

  it("exits 2 on GitHub without OIDC and writes nothing", async () => {
    const options = { env: { GITHUB_ACTIONS: "true" } };
    const { status, answer } = await cli.json(["sign", TAR, "--bundle", "none.json"], options);
    expect([status, codeOf(answer)]).toEqual([2, "SIGNER_UNAVAILABLE"]);
    await expect(readFile(at("none.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("signs on GitHub with the development authority only when it is named", async () => {
    const options = { env: { GITHUB_ACTIONS: "true" } };
    const { status } = await cli.run(["sign", TAR, "--bundle", "named.json", "--dev-authority"], options);
    expect(status).toBe(0);
  });

  it("exits 4 for a pack whose manifest records other bytes", async () => {
    await cp(at("contracts"), at("stale/contracts"), { recursive: true });
    await mkdir(at("stale/dist/policy-pack/v0"), { recursive: true });
    const stale = await damage(TAR, `stale/${TAR}`);
    const { status, answer } = await cli.json(["sign", stale]);
    expect([status, codeOf(answer)]).toEqual([4, "DIGEST_MISMATCH"]);
  });
});

describe("policy-pack verify", () => {
  it.each([
    ["the development authority's flags", ["--dev-authority"]],
    ["cosign's flags", [...DEV_IDENTITY, ...DEV_ISSUER, ...DEV_ROOT]],
  ])("proves the signer by %s", async (_name, trust) => {
    const { status, answer } = await cli.json(["verify", TAR, "--bundle", BUNDLE, ...trust]);
    expect(status).toBe(0);
    expect(answer).toMatchObject({
      verified: true,
      digest,
      signer: { identity: "dev@policy-pack.localhost", issuer: "https://dev-authority.policy-pack.localhost" },
    });
  });

  it("takes a digest in the file's place, and says for people what was proven", async () => {
    const { status, stdout } = await cli.run(["verify", digest, "--bundle", BUNDLE, "--dev-authority"]);
    expect(status).toBe(0);
    for (const fact of [digest, "dev@policy-pack.localhost", "https://dev-authority.policy-pack.localhost"]) {
      expect(stdout).toContain(fact);
    }
  });

  it("exits 4 for a file with one byte changed", async () => {
    const file = await damage(TAR, "changed.tar");
    expect((await cli.json(["verify", file, "--bundle", BUNDLE, "--dev-authority"])).status).toBe(4);
  });

  it("exits 3 for a bundle that is none", async () => {
    await writeFile(at("none-bundle.json"), "{");
    const { status, answer } = await cli.json(["verify", TAR, "--bundle", "none-bundle.json", "--dev-authority"]);
    expect([status, codeOf(answer)]).toEqual([3, "BUNDLE_INVALID"]);
  });

  it("exits 5 for another identity, and for one that only starts like it", async () => {
    for (const identity of [
      "someone@example.com",
      "dev@policy-pack.localhos",
      "dev@policy-pack.localhost.evil",
      ".*",
    ]) {
      const flags = ["--certificate-identity", identity, ...DEV_ISSUER, ...DEV_ROOT];
      const { status, answer } = await cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags]);
      expect([status, codeOf(answer)]).toEqual([5, "IDENTITY_MISMATCH"]);
    }
  });

  it("exits 4 against the public-good trusted root, which is what no --trusted-root means", async () => {
    const flags = [...DEV_IDENTITY, ...DEV_ISSUER];
    expect((await cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags])).status).toBe(4);
  });

  it.each([
    ["neither identity nor key", DEV_ROOT],
    ["an identity without an issuer", DEV_IDENTITY],
    ["an issuer without an identity", DEV_ISSUER],
    ["--dev-authority beside another root", ["--dev-authority", ...DEV_ROOT]],
    ["--dev-authority of a folder that is none", ["--dev-authority", "nowhere"]],
    ["a flag twice", [...DEV_ROOT, ...DEV_ROOT]],
    ["a flag that is none", ["--insecure-ignore-tlog"]],
    ["a key that is not there", ["--key", "nokey.pem"]],
  ])("exits 2 for %s", async (_name, flags) => {
    const { status, answer } = await cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags]);
    expect([status, codeOf(answer)]).toEqual([2, "CONFIG_INVALID"]);
  });

  it.each([
    ["no file", []],
    ["a file that is not there", ["absent.tar", "--bundle", BUNDLE]],
    ["no bundle", [TAR]],
  ])("exits 2 for %s", async (_name, args) => {
    expect((await cli.json(["verify", ...args, "--dev-authority"])).status).toBe(2);
  });
});

describe("policy-pack inspect", () => {
  it.each([
    [TAR, { kind: "pack", packId: "policy-pack-v0" }],
    ["dist/policy-pack/v0/policy-pack-v0.bundle.tar.gz", { kind: "OPA bundle", manifest: { revision: REVISION } }],
    [BUNDLE, { kind: "Sigstore bundle" }],
    ["contracts/policy-pack/v0/manifest.json", { kind: "manifest" }],
    [".policy-pack/dev-authority/trusted_root.json", { kind: "trusted root" }],
  ])("shows %s and says that nothing is verified", async (file, facts) => {
    const { status, answer } = await cli.json(["inspect", file]);
    expect([status, answer]).toMatchObject([0, { ...facts, verified: false }]);
    expect((await cli.run(["inspect", file])).stdout).toContain("not verified");
  });

  it.each([
    ["nothing", "", "ARCHIVE_INVALID"],
    ["JSON of another kind", '{"a": 1}', "INPUT_INVALID"],
    ["half a JSON", '{"a": ', "INPUT_INVALID"],
    ["noise", "noise", "ARCHIVE_INVALID"],
  ])("exits 3 for %s", async (_name, content, code) => {
    await writeFile(at("unknown"), content);
    const { status, answer } = await cli.json(["inspect", "unknown"]);
    expect([status, codeOf(answer)]).toEqual([3, code]);
  });
});

describe("policy-pack doctor", () => {
  it("says what is installed", async () => {
    const { status, answer } = await cli.json(["doctor"]);
    expect([status, answer]).toMatchObject([0, { ready: true }]);
    const { checks } = answer as { checks: { name: string; state: string; found: string }[] };
    expect(checks.filter(({ state }) => state === "ok").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Node", "OPA", "public-good trusted root", "development authority"]),
    );
  });

  it("finds the command's own checkout's tools from any folder, and none of the folder's", async () => {
    const root = join(import.meta.dirname, "../..");
    const env = { PATH: "/nonexistent" };
    const stateIn = async (cwd: string): Promise<unknown> => {
      const { answer } = await (await createCli(cwd)).json(["doctor"], { env });
      return (answer as { checks: { name: string; state: string }[] }).checks.find(({ name }) => name.startsWith("OPA"))
        ?.state;
    };
    const expected = existsSync(join(root, ".bin/opa")) ? "ok" : "missing";
    await mkdir(checkout.at("work/.bin"), { recursive: true });
    await writeFile(checkout.at("work/.bin/opa"), "#!/bin/sh\n>ran\necho Version: 1.20.2\n", { mode: 0o755 });
    expect(await stateIn(join(root, "clients/cli"))).toBe(expected);
    expect(await stateIn(checkout.at("work"))).toBe(expected);
    expect(existsSync(checkout.at("work/ran"))).toBe(false);
  });
});
