import { readFile, stat, writeFile } from "node:fs/promises";
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { codeOf, DEV_ROOT } from "./cli-checkout.ts";
import { ended, waitForOutput } from "./cli-run.ts";
import { createSmallPack, TAR } from "./small-pack.ts";
import type { SmallPack } from "./small-pack.ts";

const HOUR_MS = 60 * 60 * 1000;
const BUNDLE = "contracts/access/v1/signing/cosign.bundle.json";
const PASSWORD = { env: { COSIGN_PASSWORD: "" } };
const TRUST = ["--policy", "policy.json", ...DEV_ROOT];

let pack: SmallPack;
let server: ChildProcess;
let url: string;

const write = (path: string, value: unknown): Promise<void> => writeFile(pack.at(path), JSON.stringify(value));

/** Signs a denylist with the security key, as `<name>.sigstore.json`. */
async function issue(name: string, version: number, entries: readonly object[]): Promise<void> {
  const date = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  await write(`${name}.json`, { version, issuedAt: date(-1), expires: date(24), entries });
  const args = ["--type", "denylist", "--predicate", `${name}.json`, `${name}.json`];
  const out = ["--key", "security.key", "--bundle", `${name}.sigstore.json`];
  const { status, stdout } = await pack.cli.json(["attest", ...args, ...out], PASSWORD);
  if (status !== 0) throw new Error(stdout);
}

beforeAll(async () => {
  pack = await createSmallPack();
  const { cli, at } = pack;
  const signed = await cli.json(["sign", TAR]);
  const pair = await cli.json(["generate-key-pair", "--output-key-prefix", "security"], PASSWORD);
  if (signed.status !== 0 || pair.status !== 0) throw new Error(signed.stdout + pair.stdout);
  const dev = {
    certificateIdentity: "dev@policy-pack.localhost",
    certificateOidcIssuer: "https://dev-authority.policy-pack.localhost",
  };
  const security = { signers: [{ name: "security", publicKey: await readFile(at("security.pub"), "utf8") }] };
  await write("policy.json", { signers: [dev], denylist: security });
  await issue("clean", 1, []);
  await issue("denied", 2, [{ packId: "access-v1", revisionsUpTo: 1, reason: "cross-tenant reads" }]);
  await issue("other", 3, [{ packId: "access-v1", revision: 2, reason: "not this one" }]);
  server = cli.start(["serve", "--port", "0"]);
  const [address = ""] = /http:\/\/\S+/.exec(await waitForOutput(server, /http:\/\/\S+\n/)) ?? [];
  url = `${address}/v1/policy/packs/access-v1`;
});

afterAll(async () => {
  server.kill("SIGTERM");
  await ended(server);
  await pack.remove();
});

/** Every verb that judges a pack, and how it is asked. */
const VERBS: readonly (readonly [string, () => readonly string[]])[] = [
  ["verify", () => ["verify", TAR, "--bundle", BUNDLE]],
  ["eval", () => ["eval", TAR, "--bundle", BUNDLE, "--entrypoint", "access/authz/allow"]],
  ["eval of an address", () => ["eval", url, "--entrypoint", "access/authz/allow"]],
  ["fetch", () => ["fetch", url, "--dir", "fetched"]],
];

describe.each(VERBS)("policy-pack %s with a denylist", (_name, args) => {
  const run = (list: readonly string[]): ReturnType<SmallPack["cli"]["json"]> =>
    pack.cli.json([...args(), ...TRUST, ...list]);

  it("refuses a pack whose revision the list denies", async () => {
    const { status, answer } = await run(["--denylist", "denied.sigstore.json"]);
    expect([status, codeOf(answer)]).toEqual([5, "DENYLISTED"]);
    expect(JSON.stringify(answer)).toContain("cross-tenant reads");
    await expect(stat(pack.at("fetched"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("refuses when no list is given, and one that a stranger signed", async () => {
    expect(await run([]).then(({ status, answer }) => [status, codeOf(answer)])).toEqual([5, "METADATA_MISSING"]);
    const { status } = await run(["--denylist", BUNDLE]);
    expect(status).not.toBe(0);
  });

  it("refuses a list older than the state has seen", async () => {
    await write("state.json", { stateVersion: 1, denylistVersion: 2 });
    const { status, answer } = await run(["--denylist", "clean.sigstore.json", "--state", "state.json"]);
    expect([status, codeOf(answer)]).toEqual([5, "METADATA_ROLLBACK"]);
  });
});

describe.each(VERBS)("policy-pack %s with a denylist that names others", (_name, args) => {
  it("goes on, and remembers the list", async () => {
    await write("state.json", { stateVersion: 1, denylistVersion: 2 });
    const list = ["--denylist", "other.sigstore.json", "--state", "state.json"];
    const { answer } = await pack.cli.json([...args(), ...TRUST, ...list]);
    expect(codeOf(answer)).toBeUndefined();
    expect(JSON.parse(await readFile(pack.at("state.json"), "utf8"))).toEqual({ stateVersion: 1, denylistVersion: 3 });
  });
});

describe("policy-pack verify of a pack", () => {
  it("tells which pack and revision it is", async () => {
    const args = ["verify", TAR, "--bundle", BUNDLE, ...TRUST, "--denylist", "clean.sigstore.json", "--explain"];
    const { status, answer } = await pack.cli.json(args);
    expect(status).toBe(0);
    expect(answer).toMatchObject({ report: { packId: "access-v1", revision: "1", denylist: { version: 1 } } });
  });

  it("takes further bundles beside the one that an address brings", async () => {
    const { cli } = pack;
    expect((await cli.json(["sign", TAR, "--key", "security.key", "--bundle", "second.json"], PASSWORD)).status).toBe(
      0,
    );
    const {
      signers: [dev],
      denylist,
    } = JSON.parse(await readFile(pack.at("policy.json"), "utf8")) as {
      signers: readonly object[];
      denylist: { signers: readonly object[] };
    };
    await write("two.json", { signers: [{ name: "dev", ...dev }, ...denylist.signers], threshold: 2 });
    const args = ["--entrypoint", "access/authz/allow", "--policy", "two.json", ...DEV_ROOT];
    const one = await cli.json(["eval", url, ...args]);
    expect([one.status, codeOf(one.answer)]).toEqual([5, "THRESHOLD_NOT_MET"]);
    expect(codeOf((await cli.json(["eval", url, ...args, "--bundle", "second.json"])).answer)).toBeUndefined();
    expect(
      codeOf((await cli.json(["fetch", url, ...args.slice(2), "--bundle", "second.json"])).answer),
    ).toBeUndefined();
  });
});
