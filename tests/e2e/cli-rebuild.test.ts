import { existsSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { codeOf } from "./cli-checkout.ts";
import type { Cli } from "./cli-run.ts";
import { createSmallPack, SOURCE, TAR } from "./small-pack.ts";
import type { SmallPack } from "./small-pack.ts";

let pack: SmallPack;
let cli: Cli;
let digest: string;
let at: SmallPack["at"];
let statementAt: SmallPack["statementAt"];

beforeAll(async () => {
  pack = await createSmallPack();
  ({ cli, digest, at, statementAt } = pack);
});
beforeEach(() => pack.emptyOut());
afterAll(() => pack.remove());

describe("policy-pack rebuild", () => {
  const rebuild = (...flags: string[]) => cli.json(["rebuild", SOURCE, ...flags]);

  it("says that the source gives the pack, and signs it when asked", async () => {
    const before = await readdir(pack.path, { recursive: true });
    const { status, answer } = await rebuild("--expect", digest);
    expect([status, answer]).toMatchObject([0, { matched: true, digest, packId: "access-v1", attestation: null }]);
    expect(await readdir(pack.path, { recursive: true })).toEqual(before);
    const id = ["--verifier-id", "https://example.test/rebuilder"];
    const signed = await rebuild("--expect", digest, "--attest", "out/rebuilt.sigstore.json", ...id);
    expect([signed.status, signed.answer]).toMatchObject([
      0,
      { matched: true, attestation: { bundle: at("out/rebuilt.sigstore.json") } },
    ]);
    expect(await statementAt("out/rebuilt.sigstore.json")).toMatchObject({
      predicateType: "https://slsa.dev/verification_summary/v1",
      subject: [{ digest: { sha256: digest.slice(7) } }],
      predicate: {
        verifier: { id: "https://example.test/rebuilder" },
        verificationResult: "PASSED",
        verifiedLevels: ["POLICY_PACK_REBUILT"],
        rebuild: { digest, isByteIdentical: true },
      },
    });
  });

  it("exits 4 when another pack comes out, names the files that differ and signs nothing", async () => {
    await cp(at(SOURCE), at("out/access/v1"), { recursive: true });
    await writeFile(at("out/access/v1/README.md"), "# Another\n");
    const flags = ["--expect", digest, "--tar", TAR, "--attest", "out/no.sigstore.json"];
    const { status, answer } = await cli.json(["rebuild", "out/access/v1", ...flags]);
    expect([status, answer]).toMatchObject([
      4,
      { matched: false, expected: digest, differing: [{ path: "README.md" }], error: { code: "DIGEST_MISMATCH" } },
    ]);
    expect(existsSync(at("out/no.sigstore.json"))).toBe(false);
    const text = await cli.run(["rebuild", "out/access/v1", "--expect", digest]);
    expect([text.status, text.stderr]).toEqual([4, expect.stringContaining("README.md")]);
  });

  it("exits 2 for a manifest that records other versions, and names them", async () => {
    await cp(at(SOURCE), at("out/access/v1"), { recursive: true });
    const path = at("out/access/v1/manifest.json");
    const text = await readFile(path, "utf8");
    for (const [from, to] of [
      [/"version": "1\.[0-9.]+"/, '"version": "1.0.0"'],
      [/"version": "0\.[0-9.]+"/, '"version": "9.9.9"'],
      [/"capabilitiesDigest": "sha256:./, '"capabilitiesDigest": "sha256:0'],
    ] as const) {
      expect(text).toMatch(from);
      await writeFile(path, text.replace(from, to));
      const { status, answer } = await cli.json(["rebuild", "out/access/v1", "--expect", digest]);
      expect([status, codeOf(answer)]).toEqual([2, "TOOL_MISSING"]);
    }
  });

  it.each([
    ["no digest is expected", [], 2, "CONFIG_INVALID"],
    ["the digest is none", ["--expect", "abc"], 3, "INPUT_INVALID"],
    ["the tar is not the expected one", ["--expect", `sha256:${"0".repeat(64)}`, "--tar", TAR], 4, "DIGEST_MISMATCH"],
    ["the verifier is no URI", ["--expect", `sha256:${"0".repeat(64)}`, "--verifier-id", "me"], 2, "CONFIG_INVALID"],
  ])("fails when %s", async (_what, flags, exit, code) => {
    const { status, answer } = await rebuild(...flags);
    expect([status, codeOf(answer)]).toEqual([exit, code]);
  });
});
