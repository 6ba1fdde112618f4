import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { describe, expect, it } from "@jest/globals";
import { signBlob } from "@policy-pack/sign";
import { openDevAuthority } from "../src/authority.ts";
import type { DevAuthority } from "../src/authority.ts";
import { codeOf, createFolderForTests } from "./support/folder.ts";

const folder = createFolderForTests();
const CHILD = join(import.meta.dirname, "support", "sign-many.mjs");

interface Entry {
  readonly logIndex?: string;
  readonly inclusionProof: { readonly treeSize: string };
}

async function signedEntry(authority: DevAuthority): Promise<Entry> {
  const bundle = JSON.parse(await signBlob(Buffer.from("x"), authority.signing())) as {
    verificationMaterial: { tlogEntries: [Entry] };
  };
  return bundle.verificationMaterial.tlogEntries[0];
}

/** The log indexes that a second process got; killed after so many when that is fewer than asked for. */
async function signElsewhere(dir: string, count: number, killAfter = count): Promise<number[]> {
  const child = spawn(process.execPath, [CHILD, dir, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const indexes: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    indexes.push(Number(line));
    if (indexes.length === killAfter && killAfter < count) child.kill("SIGKILL");
  }
  await ended;
  return indexes;
}

describe("openDevAuthority", () => {
  it("makes folder and files for their owner alone, the trusted root among them", async () => {
    const dir = join(folder, "fresh");
    const authority = await openDevAuthority(dir);
    expect(readFileSync(join(dir, "trusted_root.json"), "utf8")).toBe(authority.trustedRoot());
    expect(readdirSync(dir)).toHaveLength(7);
    expect(readFileSync(join(dir, ".gitignore"), "utf8")).toBe("*\n");
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  });

  it("opens the same authority again, and by many at once", async () => {
    const dir = join(folder, "again");
    const opened = await Promise.all([1, 2, 3, 4].map(() => openDevAuthority(dir)));
    expect(new Set(opened.map((authority) => authority.trustedRoot())).size).toBe(1);
    expect((await openDevAuthority(dir)).trustedRoot()).toBe(opened[0]?.trustedRoot());
  });

  it("puts a trusted root right that was changed or lost", async () => {
    const dir = join(folder, "root");
    const authority = await openDevAuthority(dir);
    writeFileSync(join(dir, "trusted_root.json"), "{}");
    await openDevAuthority(dir);
    expect(readFileSync(join(dir, "trusted_root.json"), "utf8")).toBe(authority.trustedRoot());
  });

  it("throws AUTHORITY_INVALID for a damaged state", async () => {
    const dir = join(folder, "damaged");
    await openDevAuthority(dir);
    truncateSync(join(dir, "authority.json"), 1000);
    expect(await codeOf(() => openDevAuthority(dir))).toBe("AUTHORITY_INVALID");
  });

  it("throws AUTHORITY_INVALID when only the keys are gone", async () => {
    const dir = join(folder, "keyless");
    await openDevAuthority(dir);
    rmSync(join(dir, "authority.json"));
    expect(await codeOf(() => openDevAuthority(dir))).toBe("AUTHORITY_INVALID");
  });
});

describe("signing", () => {
  it("counts on in the same log after a restart", async () => {
    const dir = join(folder, "restart");
    await signedEntry(await openDevAuthority(dir));
    expect(await signedEntry(await openDevAuthority(dir))).toMatchObject({
      logIndex: "1",
      inclusionProof: { treeSize: "2" },
    });
  });

  it("gives each signature of two processes its own place in the log", async () => {
    const dir = join(folder, "two");
    const indexes = (await Promise.all([signElsewhere(dir, 12), signElsewhere(dir, 12)])).flat();
    expect(indexes.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index));
  });

  it("goes on after processes were killed in the midst of it", async () => {
    const dir = join(folder, "killed");
    const seen: number[] = [];
    for (const killAfter of [1, 2, 3, 5, 8]) seen.push(...(await signElsewhere(dir, 100_000, killAfter)));
    const { logIndex } = await signedEntry(await openDevAuthority(dir));
    expect(new Set(seen).size).toBe(seen.length);
    expect(Number(logIndex)).toBeGreaterThan(Math.max(...seen));
  });

  it.each(["rekor-v1.tree", "rekor-v1.checkpoint"])("throws AUTHORITY_INVALID when %s was emptied", async (name) => {
    const dir = join(folder, `emptied-${name}`);
    const authority = await openDevAuthority(dir);
    await signedEntry(authority);
    truncateSync(join(dir, name), 0);
    expect(await codeOf(() => signedEntry(authority))).toBe("AUTHORITY_INVALID");
  });

  it("throws AUTHORITY_INVALID when the tree was deleted", async () => {
    const dir = join(folder, "deleted");
    const authority = await openDevAuthority(dir);
    rmSync(join(dir, "rekor-v1.tree"));
    expect(await codeOf(() => signedEntry(authority))).toBe("AUTHORITY_INVALID");
  });

  it("throws AUTHORITY_INVALID outside the authority's ten years", async () => {
    let now = new Date("2026-11-20T07:08:09.500Z");
    const authority = await openDevAuthority(join(folder, "clock"), { now: () => now });
    const at = (time: string) => {
      now = new Date(time);
      return codeOf(() => signedEntry(authority));
    };
    expect(await at("2026-11-20T07:08:09.000Z")).toBeUndefined();
    expect(await at("2026-11-20T07:08:08.999Z")).toBe("AUTHORITY_INVALID");
    expect(await at("2036-11-20T07:00:00Z")).toBeUndefined();
    expect(await at("2036-11-20T07:08:10Z")).toBe("AUTHORITY_INVALID");
  });

  it("has the witnesses that it was asked for", async () => {
    const authority = await openDevAuthority(join(folder, "witnesses"));
    expect(authority.signing().witnesses).toHaveLength(2);
    expect(authority.signing({ log: false, timestamps: 3 }).witnesses).toHaveLength(3);
    expect(authority.signing({ log: false, timestamps: 0 }).witnesses).toHaveLength(0);
  });
});
