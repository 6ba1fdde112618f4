import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestAuthority, IDENTITY, ISSUER, messageBundle, rootJson } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { createKeyHolder } from "../signed-files.ts";
import type { KeyHolder } from "../signed-files.ts";
import { createCheckout, PACK, TAR } from "./checkout.ts";
import type { Answer, Checkout } from "./checkout.ts";

const BUNDLE = "signing/cosign.bundle.json";
const OUR_OWN = [
  "--certificate-identity",
  IDENTITY,
  "--certificate-oidc-issuer",
  ISSUER,
  "--trusted-root",
  "root.json",
];

let original: Checkout;
let pack: Checkout;
let authority: TestAuthority;
let holder: KeyHolder;
let tar: Buffer;
beforeAll(async () => {
  original = await createCheckout();
  original.commit();
  authority = await createTestAuthority();
  holder = await createKeyHolder();
  tar = readFileSync(join(original.path, TAR));
  writeFileSync(join(original.path, "key.pub"), holder.publicKey);
  writeFileSync(join(original.path, "dev-root.json"), authority.trustedRoot);
  writeFileSync(join(original.path, "root.json"), JSON.stringify(rootJson()));
});
afterAll(() => original.remove());
afterAll(() => authority.close());
beforeEach(async () => {
  pack = await original.copy();
});
afterEach(() => pack.remove());

/** Commits bundles with the pack, past what git ignores. */
function commitBundles(files: Readonly<Record<string, string>>): void {
  pack.write(files);
  pack.git("add", "--force", PACK);
  pack.git("commit", "--quiet", "-m", "signed");
}

const found = ({ codes }: Answer): readonly string[] => codes;

describe("contract check of committed bundles", () => {
  it("when the development authority signed it refuses it, committed or staged, whatever the flags say", async () => {
    const named = ["--certificate-identity", authority.identity, "--certificate-oidc-issuer", authority.issuer];
    pack.write({ [BUNDLE]: await authority.sign(tar) });
    pack.git("add", "--force", PACK);
    expect(await pack.check()).toMatchObject({ status: 2, code: "DEVELOPMENT_SIGNATURE" });
    pack.git("commit", "--quiet", "-m", "signed");
    expect(found(await pack.check("--base", "main"))).toEqual(["DEVELOPMENT_SIGNATURE"]);
    expect(found(await pack.check(...named, "--trusted-root", "dev-root.json"))).toEqual(["DEVELOPMENT_SIGNATURE"]);
    expect(found(await pack.check("--dev-authority"))).toEqual(["DEVELOPMENT_SIGNATURE"]);
  });

  it("when the development authority signed it by another name refuses it all the same", async () => {
    const who = { identity: "release@example.com", issuer: "https://issuer.example.com" };
    commitBundles({ [BUNDLE]: await authority.sign(tar, who) });
    const named = ["--certificate-identity", who.identity, "--certificate-oidc-issuer", who.issuer];
    expect(found(await pack.check(...named, "--trusted-root", "dev-root.json"))).toEqual(["DEVELOPMENT_SIGNATURE"]);
  });

  it("when a bundle in signing/ has another name refuses it all the same, and takes what is none", async () => {
    commitBundles({ "signing/Release.JSON": await authority.sign(tar), "signing/root.json": "{}" });
    const { codes, json } = await pack.check();
    expect([codes.includes("DEVELOPMENT_SIGNATURE"), json["bundles"]]).toEqual([true, ["signing/Release.JSON"]]);
    rmSync(join(pack.path, ".git"), { recursive: true });
    expect((await pack.check()).codes).toContain("DEVELOPMENT_SIGNATURE");
  });

  it("when it only lies there, ignored by git, says nothing of it", async () => {
    pack.write({ [BUNDLE]: await authority.sign(tar), "signing/two.sigstore.json": "{" });
    expect(await pack.check("--base", "main")).toMatchObject({ status: 0, json: { bundles: [] } });
  });

  it("when git does not answer takes what lies there as committed", async () => {
    pack.write({ [BUNDLE]: await authority.sign(tar) });
    writeFileSync(join(pack.path, ".git/HEAD"), "broken");
    expect(await pack.check()).toMatchObject({ status: 2, code: "DEVELOPMENT_SIGNATURE", json: { bundles: [BUNDLE] } });
  });

  it("when it was removed again, and committed so, finds nothing", async () => {
    commitBundles({ [BUNDLE]: await authority.sign(tar) });
    pack.git("rm", "--quiet", "--force", join(PACK, BUNDLE));
    expect(found(await pack.check())).toEqual(["DEVELOPMENT_SIGNATURE"]);
    pack.git("commit", "--quiet", "-m", "removed");
    expect(await pack.check("--base", "main")).toMatchObject({ status: 0, codes: [] });
  });

  it("when those whom the flags name signed it accepts it, by certificate or key", async () => {
    commitBundles({ [BUNDLE]: JSON.stringify(messageBundle({ artifact: tar })) });
    expect(await pack.check("--base", "main", ...OUR_OWN)).toMatchObject({ status: 0, json: { bundles: [BUNDLE] } });
    commitBundles({ [BUNDLE]: await holder.sign(tar) });
    expect(await pack.check("--base", "main", "--key", "key.pub")).toMatchObject({ status: 0, codes: [] });
  });

  it.each<[string, () => Promise<string> | string, readonly string[]]>([
    ["is by another than the flags name", () => JSON.stringify(messageBundle({ artifact: tar })), ["--key", "key.pub"]],
    [
      "is by another identity",
      () => JSON.stringify(messageBundle({ artifact: tar })),
      [OUR_OWN[0] ?? "", "x@y.z", ...OUR_OWN.slice(2)],
    ],
    [
      "is not of the public-good instance, and nobody is named",
      () => JSON.stringify(messageBundle({ artifact: tar })),
      [],
    ],
    ["is by a key, and nobody is named", () => holder.sign(tar), []],
    ["is no bundle", () => "{}", []],
    ["is empty", () => "", OUR_OWN],
    ["is torn", () => JSON.stringify(messageBundle({ artifact: tar })).slice(0, 500), OUR_OWN],
  ])("when it %s refuses it", async (_what, make, flags) => {
    commitBundles({ [BUNDLE]: await make() });
    expect(await pack.check("--base", "main", ...flags)).toMatchObject({ status: 2, codes: ["DEVELOPMENT_SIGNATURE"] });
  });

  it("when one of two is not accepted refuses that one", async () => {
    const one = JSON.stringify(messageBundle({ artifact: tar }));
    commitBundles({ [BUNDLE]: one, "signing/two.sigstore.json": await holder.sign(tar) });
    const { codes, json } = await pack.check(...OUR_OWN);
    expect(codes).toEqual(["DEVELOPMENT_SIGNATURE"]);
    expect(json["findings"]).toMatchObject([{ what: expect.stringContaining("two.sigstore.json") }]);
  });

  it("when the signed bytes changed finds that, and accepts the old bundle once the change is released", async () => {
    commitBundles({ [BUNDLE]: await holder.sign(tar) });
    pack.write({ "README.md": "# Another\n" });
    await pack.run("build", PACK);
    expect(found(await pack.check("--base", "main", "--key", "key.pub"))).toEqual([
      "CONTRACT_ALTERED",
      "CONTRACT_ALTERED",
    ]);
    expect(found(await pack.check("--key", "key.pub"))).toEqual(["CONTRACT_ALTERED"]);
    await pack.run("release", PACK, "--message", "x");
    expect(await pack.check("--base", "main", "--key", "key.pub")).toMatchObject({ status: 0, codes: [] });
    expect(found(await pack.check("--base", "main"))).toEqual(["DEVELOPMENT_SIGNATURE"]);
    pack.commit();
    pack.write({ "README.md": "# A third\n" });
    await pack.run("release", PACK, "--message", "x");
    expect(found(await pack.check("--base", "main", "--key", "key.pub"))).toEqual(["CONTRACT_ALTERED"]);
  });
});
