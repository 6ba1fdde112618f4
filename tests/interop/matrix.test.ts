import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readFile, writeFile } from "node:fs/promises";
import { digestOf } from "@policy-pack/pack";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestSigningOptions } from "@policy-pack/testkit";
import { startAnyKeyAuthority } from "./matrix/any-key-authority.ts";
import type { AnyKeyAuthority } from "./matrix/any-key-authority.ts";
import { createBench } from "./matrix/bench.ts";
import type { Bench } from "./matrix/bench.ts";
import { CERTIFIED_KEYS, limitOf, REFUSED_FILES } from "./matrix/cannot.ts";
import type { Limit } from "./matrix/cannot.ts";
import { cellsOf, isLogged, ROWS } from "./matrix/cells.ts";
import type { Cell } from "./matrix/cells.ts";
import { signWithCosign, signWithOurs, twinsOf, verifyWithCosign, verifyWithOurs } from "./matrix/commands.ts";
import type { Question } from "./matrix/commands.ts";
import { createForeignKeys, createKeys } from "./matrix/keys.ts";
import { describeWith } from "./tools.ts";

const HOUR_MS = 3_600_000;
/** What cosign says when it has looked and does not accept, apart from failing at something else. */
const NOT_VERIFIED = /failed to verify (signature|log inclusion|certificate identity)|invalid predicate type, expected/;

describeWith("cosign", "cosign and policy-pack", (cosign) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await createBench(cosign);
    await createKeys(bench);
    await createForeignKeys(bench);
    for (const key of ["P-256.pem", "RSA-2048.pem"]) {
      const { said } = await bench.ours("sign", "artifact", "--key", key, "--bundle", "out/all.sigstore.jsonl");
      expect(said).toContain("all.sigstore.jsonl");
    }
  });
  afterAll(() => bench.close());

  describe("each with the other's bundles", () => {
    it.each(ROWS)("signed by %s, seen by %s: file and statement, both ways", async (signer, witnesses) => {
      await Promise.all(
        cellsOf(signer, witnesses).map((cell) => (cell.maker === "cosign" ? tryTheirs(cell) : tryOurs(cell))),
      );
    });
  });

  async function tryOurs(cell: Cell): Promise<void> {
    const { succeeded, code, said, warnings } = await signWithOurs(bench, cell);
    expect([cell, code, succeeded || said]).toEqual([
      cell,
      limitOf(cell)?.signing,
      limitOf(cell) === undefined || said,
    ]);
    if (!succeeded) return;
    // A warning is due exactly where cosign needs more than the flags that look at the witnesses.
    expect([cell, warnings.length]).toEqual([cell, cell.signer === "keyless" && !isLogged(cell) ? 1 : 0]);
    await expectCosign(cell);
    for (const question of twinsOf(cell)) await expectCosign(cell, NOT_VERIFIED, question);
  }

  async function tryTheirs(cell: Cell): Promise<void> {
    const limit: Partial<Limit> = limitOf(cell) ?? {};
    const { succeeded, said } = await signWithCosign(bench, cell);
    if (limit.signing !== undefined) {
      expect([cell, succeeded, said]).toEqual([cell, false, expect.stringContaining(limit.signing)]);
      return;
    }
    expect([cell, succeeded || said]).toEqual([cell, true]);
    if (limitOf(cell) !== undefined) await expectCosign(cell, limit.cosignVerifying);
    await expectOurs(cell, limit.ourVerifying);
    if (limit.ourVerifying !== undefined) return;
    for (const question of twinsOf(cell)) await expectOurs(cell, rejection(cell, question), question);
  }

  /** Asks cosign, which verifies unless it is to say something else. */
  async function expectCosign(cell: Cell, refusal?: string | RegExp, question: Question = {}): Promise<void> {
    const { succeeded, said } = await verifyWithCosign(bench, cell, question);
    const printed =
      refusal instanceof RegExp ? expect.stringMatching(refusal) : expect.stringContaining(refusal ?? "Verified OK");
    expect([cell, question, succeeded, said]).toEqual([cell, question, refusal === undefined, printed]);
  }

  async function expectOurs(cell: Cell, code?: string, question: Question = {}): Promise<void> {
    const outcome = await verifyWithOurs(bench, cell, question);
    expect([cell, question, outcome.code]).toEqual([cell, question, code]);
    expect([cell, question, outcome.succeeded]).toEqual([cell, question, code === undefined]);
  }

  it.each(REFUSED_FILES)("cosign refuses $file", async ({ command, says }) => {
    const { succeeded, said } = await bench.cosign(...command);
    expect([succeeded, said]).toEqual([false, expect.stringContaining(says)]);
  });

  describe("cosign's files by a certificate for a key", () => {
    let certifier: AnyKeyAuthority;
    beforeAll(async () => {
      certifier = await startAnyKeyAuthority(bench.authority);
      const config = JSON.parse(await readFile(bench.at("timestamp.config.json"), "utf8")) as { caUrls: [object] };
      const caUrls = [{ ...config.caUrls[0], url: certifier.url }];
      await writeFile(bench.at("any-key.json"), JSON.stringify({ ...config, caUrls }));
      await writeFile(bench.at("any-key.policy"), JSON.stringify({ ...bench.authority.policy, minimumLogEntries: 0 }));
    });
    afterAll(() => certifier.close());

    it.each(CERTIFIED_KEYS)("%s: cosign verifies them, policy-pack says %p", async (algorithm, code) => {
      const { identity, issuer, authority } = bench.authority;
      const bundle = ["--bundle", `out/${algorithm}.json`, "--trusted-root", "root.json"];
      await writeFile(bench.at("token"), authority.identityToken());
      const token = ["--identity-token", "token", "--signing-config", "any-key.json"];
      const signed = await bench.cosign(
        "sign-blob",
        "-y",
        "--signing-algorithm",
        algorithm,
        ...token,
        ...bundle,
        "artifact",
      );
      expect([signed.succeeded || signed.said]).toEqual([true]);
      const who = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
      const flags = ["--insecure-ignore-tlog", "--use-signed-timestamps"];
      expect((await bench.cosign("verify-blob", ...who, ...flags, ...bundle, "artifact")).said).toContain(
        "Verified OK",
      );
      const verify = async (file: string): Promise<unknown> =>
        (await bench.ours("verify", file, "--policy", "any-key.policy", ...bundle)).code;
      expect([await verify("artifact"), await verify("other")]).toEqual([code, "DIGEST_MISMATCH"]);
      const isNamed = algorithm.includes("256");
      expect(await verify(digestOf(Buffer.from("the artifact\n")))).toBe(isNamed ? undefined : "INPUT_INVALID");
    });
  });

  describe("an hour after a keyless signature", () => {
    let signer: readonly string[];
    beforeAll(async () => {
      const past = await createTestAuthority({ now: () => new Date(Date.now() - HOUR_MS) });
      const { identity, issuer } = past;
      signer = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer, "--trusted-root", "past.json"];
      const write = async (name: string, options: TestSigningOptions): Promise<void> => {
        await writeFile(bench.at(name), await past.sign(Buffer.from("the artifact\n"), options));
      };
      await writeFile(bench.at("past.json"), past.trustedRoot);
      await writeFile(bench.at("past.policy"), JSON.stringify({ ...past.policy, minimumLogEntries: 0 }));
      await write("v2.json", { rekorVersion: 2 });
      await write("v1.json", { timestamps: 0 });
      await write("stamped.json", { withLog: false });
      await write("untimed.json", { withLog: false, timestamps: 0 });
      await past.close();
    });
    const ask = (bundle: string, ...flags: readonly string[]) =>
      bench.cosign("verify-blob", "--bundle", bundle, ...signer, ...flags, "artifact");
    const [NO_LOG, STAMPS] = ["--insecure-ignore-tlog", "--use-signed-timestamps"] as const;

    it("cosign verifies one with a timestamp alone by both flags that our warning names, and by neither alone", async () => {
      expect(await ask("stamped.json", NO_LOG, STAMPS)).toMatchObject({ succeeded: true });
      expect(await ask("stamped.json", NO_LOG)).toMatchObject({ succeeded: false });
      expect(await ask("stamped.json", STAMPS)).toMatchObject({ succeeded: false });
    });

    it("cosign demands a timestamp by its flag, and beside a log entry finds the time without it too", async () => {
      expect(await ask("v2.json")).toMatchObject({ succeeded: true });
      expect(await ask("v2.json", STAMPS)).toMatchObject({ succeeded: true });
      expect(await ask("v1.json")).toMatchObject({ succeeded: true });
      expect(await ask("v1.json", STAMPS)).toMatchObject({ succeeded: false });
    });

    it("policy-pack verifies one with a timestamp alone by a policy that says so, and not by the signer alone", async () => {
      const verify = ["verify", "artifact", "--bundle", "stamped.json"];
      const policy = ["--policy", "past.policy", "--trusted-root", "past.json"];
      expect(await bench.ours(...verify, ...policy)).toMatchObject({ succeeded: true });
      expect(await bench.ours(...verify, ...signer)).toMatchObject({ code: "LOG_ENTRY_MISSING" });
    });

    it("neither verifies one without a proven time, as cosign did while the certificate lived", async () => {
      expect(await ask("untimed.json", NO_LOG)).toMatchObject({ succeeded: false });
      const policy = ["--policy", "past.policy", "--trusted-root", "past.json"];
      const untimed = await bench.ours("verify", "artifact", "--bundle", "untimed.json", ...policy);
      expect(untimed).toMatchObject({ code: "TIMESTAMP_INVALID" });
    });
  });
});

/** How policy-pack names what is wrong with a bundle that answers another question. */
function rejection({ content, signer }: Cell, { artifact }: Question): string {
  if (content === "statement") return "PREDICATE_MISSING";
  if (artifact !== undefined) return "DIGEST_MISMATCH";
  return signer === "keyless" ? "IDENTITY_MISMATCH" : "KEY_MISMATCH";
}
