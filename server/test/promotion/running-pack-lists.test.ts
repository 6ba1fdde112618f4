import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packPaths, PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { CompiledPack, TempDir, TestAuthority } from "@policy-pack/testkit";
import { parseTrustedRoot, parseVerificationPolicy } from "@policy-pack/verify";
import { RunningPack } from "../../src/promotion/running-pack.ts";
import { compileContract, PACK_ID, START, statement } from "../support/promotion-world.ts";

let pack: CompiledPack;
let next: CompiledPack;
let authority: TestAuthority;
let folder: TempDir;
let clock: Date;

beforeAll(async () => {
  [pack, next, authority] = await Promise.all([compileContract(1), compileContract(2), createTestAuthority()]);
});

beforeEach(async () => {
  clock = START;
  folder = await createTempDir();
  await install(pack.tar);
});

afterEach(() => folder.remove());

afterAll(async () => {
  await authority.close();
});

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, bytes);
}

async function install(tar: Uint8Array): Promise<void> {
  const paths = packPaths(folder.path, PACK_ID);
  await put(paths.tar, tar);
  await put(paths.bundle, await authority.sign(tar));
}

const DENYLIST = "denylist.sigstore.json";

async function deny(version: number, entries: readonly JsonObject[], lifetimeMs = 3_600_000): Promise<void> {
  const expires = new Date(START.getTime() + lifetimeMs).toISOString();
  const predicate = { version, issuedAt: START.toISOString(), expires, entries };
  const about = statement(PREDICATE_TYPES.denylist, predicate);
  await put(join(folder.path, DENYLIST), await authority.signStatement(about));
}

function createRunning(withList: boolean): RunningPack {
  const { policy, trustedRoot } = authority;
  const demanded = withList ? { ...policy, denylist: { signers: policy.signers } } : policy;
  return new RunningPack({
    root: folder.path,
    now: () => clock,
    trust: {
      packId: PACK_ID,
      trustedRoot: parseTrustedRoot(trustedRoot),
      verificationPolicy: parseVerificationPolicy(demanded),
      denylist: withList ? [join(folder.path, DENYLIST)] : [],
      pause: [],
    },
  });
}

describe("RunningPack, when the policy demands a denylist", () => {
  it("runs until the pack is denied, and not a moment longer", async () => {
    await deny(1, []);
    const running = createRunning(true);
    expect((await running.load()).digest).toBe(pack.digest);
    await deny(2, [{ digest: pack.digest, reason: "it lets everything pass" }]);
    await expect(running.load()).rejects.toMatchObject({ code: "DENYLISTED" });
  });

  it("does not run on a list that has ended, though no file changed", async () => {
    await deny(1, [], 30_000);
    const running = createRunning(true);
    await running.load();
    clock = new Date(START.getTime() + 29_000);
    await running.load();
    clock = new Date(START.getTime() + 31_000);
    await expect(running.load()).rejects.toMatchObject({ code: "METADATA_EXPIRED" });
  });

  it("does not run on an older list than it has seen", async () => {
    await deny(2, []);
    const running = createRunning(true);
    await running.load();
    await deny(1, []);
    await expect(running.load()).rejects.toMatchObject({ code: "METADATA_ROLLBACK" });
  });

  it("does not run without the list", async () => {
    const running = createRunning(true);
    await expect(running.load()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await deny(1, []);
    expect((await running.load()).revision).toBe("1");
  });
});

describe("RunningPack, when it is asked by many at once", () => {
  it("verifies once, and answers none of them from a pack that is gone", async () => {
    const running = createRunning(false);
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => running.load()));
    expect(others.every((other) => other === first)).toBe(true);
    const early = running.load();
    await install(next.tar);
    const late = await Promise.all(Array.from({ length: 20 }, () => running.load()));
    await early;
    expect(late.map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, () => "2"));
  });
});

describe("RunningPack", () => {
  it("does not start for another pack than its policy is for", () => {
    const trust = {
      packId: PACK_ID,
      verificationPolicy: parseVerificationPolicy({ ...authority.policy, packId: "other-pack-v0" }),
      denylist: [],
      pause: [],
    };
    const create = (): RunningPack => new RunningPack({ root: folder.path, now: () => clock, trust });
    expect(create).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
