import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createSmallPack, OPA_BUNDLE, SOURCE, TAR } from "./small-pack.ts";
import type { SmallPack } from "./small-pack.ts";

let pack: SmallPack;
beforeAll(async () => {
  pack = await createSmallPack();
  await writeFile(
    pack.at(".gitignore"),
    "dist/\n.policy-pack/\ncontracts/**/signing/cosign.bundle.json\n*.sigstore.json\n",
  );
  git("init", "--quiet");
  commit();
});
afterAll(() => pack.remove());

function git(...args: readonly string[]): string {
  const options = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...options, ...args], { cwd: pack.path, encoding: "utf8", stdio: "pipe" }).trim();
}

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "-m", "x");
}

interface Answer {
  readonly ok?: boolean;
  readonly digest?: string;
  readonly findings?: readonly { readonly code: string; readonly mend: string }[];
}

const check = ["contract", "check", SOURCE, "--base"];

describe("a pack's way from one revision to the next", () => {
  it("is refused without a release, mended by the command that the refusal names, and signed anew", async () => {
    const published = await readFile(pack.at(TAR));
    await writeFile(pack.at("published.tar"), published);
    await pack.cli.run(["sign", TAR, "--dev-authority", "--bundle", "published.sigstore.json"]);
    expect((await pack.cli.run([...check, "main"])).status).toBe(0);

    await writeFile(pack.at(`${SOURCE}/data/config/access/data.json`), '{"roles": {"reader": ["read", "list"]}}\n');
    const refused = await pack.cli.json([...check, "main"]);
    const { findings = [] } = refused.answer as Answer;
    expect([refused.status, findings[0]?.code]).toEqual([2, "CONTRACT_UNRELEASED"]);

    const [, command = ""] = /Run (policy-pack .*)\.$/.exec(findings[0]?.mend ?? "") ?? [];
    const words = command.replace('"<what changed>"', "Readers").split(" ").slice(1);
    expect((await pack.cli.run(words)).status).toBe(0);
    commit();
    expect((await pack.cli.run([...check, "main~1"])).status).toBe(0);

    const signed = ["--base", "published.tar", "--bundle", "published.sigstore.json", "--dev-authority"];
    const { status, answer } = await pack.cli.json(["contract", "check", SOURCE, ...signed]);
    expect([status, (answer as Answer).ok]).toEqual([0, true]);
    const built = await pack.cli.json(["build", SOURCE]);
    expect((built.answer as Answer).digest).toBe((answer as Answer).digest);
    expect(await readFile(pack.at(OPA_BUNDLE))).toBeDefined();
    expect(await readFile(pack.at(`${SOURCE}/CHANGELOG.md`), "utf8")).toContain("\n\nReaders\n\n");
  });

  it("is refused when a development bundle is committed with it", async () => {
    await pack.cli.run(["sign", TAR, "--dev-authority"]);
    expect((await pack.cli.run([...check, "HEAD"])).status).toBe(0);
    git("add", "--force", `${SOURCE}/signing/cosign.bundle.json`);
    const { status, stdout, stderr } = await pack.cli.run([...check, "HEAD"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("error DEVELOPMENT_SIGNATURE: ");
  });
});
