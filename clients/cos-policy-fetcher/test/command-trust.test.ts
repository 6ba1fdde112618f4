import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { main } from "../src/command.ts";
import { readTrust } from "../src/command-trust.ts";
import type { TrustFlags } from "../src/command-trust.ts";
import { PACK_PATH, serve, server, stopServer } from "./serve.ts";
import { createSignedPacks } from "./signed-pack.ts";
import type { Signed } from "./signed-pack.ts";

let signed: Signed;
let temp: TempDir;

beforeAll(async () => {
  signed = await createSignedPacks();
});
afterAll(async () => {
  await signed.authority.close();
});
beforeEach(async () => {
  temp = await createTempDir();
  await writeFile(at("root.json"), signed.authority.trustedRoot);
  await writeFile(at("text"), "text");
});
afterEach(async () => {
  await stopServer();
  await temp.remove();
});

const at = (name: string): string => join(temp.path, name);

async function writePolicy(policy: object): Promise<string> {
  await writeFile(at("policy.json"), JSON.stringify(policy));
  return at("policy.json");
}

describe("readTrust", () => {
  it("returns the policy of the document, with the files that the flags name", async () => {
    const policy = await writePolicy(signed.authority.policy);
    const trust = await readTrust({
      policy,
      "trusted-root": at("root.json"),
      bundle: [at("text"), at("text")],
      denylist: [at("text")],
      pause: [at("text")],
    });
    expect(trust).toMatchObject({
      trustedRoot: signed.authority.trustedRoot,
      verificationPolicy: signed.authority.policy,
      bundles: ["text", "text"],
      denylist: ["text"],
      pause: ["text"],
    });
  });

  it("returns the policy that patterns mean", async () => {
    const { verificationPolicy } = await readTrust({
      "trusted-root": at("root.json"),
      "certificate-identity-regexp": "^a@.*$",
      "certificate-oidc-issuer-regexp": "^https://b$",
    });
    expect(verificationPolicy.signers).toEqual([
      { certificateIdentityRegexp: "^a@.*$", certificateOidcIssuerRegexp: "^https://b$" },
    ]);
  });

  it.each<[string, (policy: string) => TrustFlags]>([
    ["no trusted root at all", (policy) => ({ policy })],
    ["a policy beside a signer", (policy) => ({ policy, key: at("text"), "trusted-root": at("root.json") })],
    [
      "a policy beside a pattern",
      (policy) => ({ policy, "certificate-identity-regexp": "^a$", "trusted-root": at("root.json") }),
    ],
    ["a policy that is none", () => ({ policy: at("text"), "trusted-root": at("root.json") })],
    ["a bundle that is not there", (policy) => ({ policy, "trusted-root": at("root.json"), bundle: [at("none")] })],
    ["a denylist that is no file", (policy) => ({ policy, "trusted-root": at("root.json"), denylist: [temp.path] })],
    [
      "a pattern that is not anchored",
      () => ({ "trusted-root": at("root.json"), "certificate-identity-regexp": "a", "certificate-oidc-issuer": "b" }),
    ],
  ])("throws CONFIG_INVALID for %s", async (_name, toFlags) => {
    const flags = toFlags(await writePolicy(signed.authority.policy));
    await expect(readTrust(flags)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("main with --policy", () => {
  async function run(policy: object, ...flags: readonly string[]): Promise<{ code: number; stdout: string }> {
    const { url } = await serve(server({ bytes: signed.pack.tar, bundle: signed.pack.bundle }));
    let stdout = "";
    const output = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true } };
    const args = [url + PACK_PATH, "--policy", await writePolicy(policy), "--dir", at("pack"), "--json", ...flags];
    return { code: await main(args, output), stdout };
  }

  it("verifies by the policy and the trusted root in it", async () => {
    const trustedRoots = { ours: JSON.parse(signed.authority.trustedRoot) as object };
    const { code, stdout } = await run({ ...signed.authority.policy, trustedRoots });
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ dir: at("pack") })]);
  });

  it("ends with the code of the demand that is not met", async () => {
    const policy = { ...signed.authority.policy, denylist: { signers: signed.authority.policy.signers } };
    const { code, stdout } = await run(policy, "--trusted-root", at("root.json"));
    expect([code, JSON.parse(stdout)]).toMatchObject([5, { error: { code: "METADATA_MISSING" } }]);
  });
});
