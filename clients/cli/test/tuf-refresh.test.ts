import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runCli } from "../src/program.ts";
import { readPublicGoodRoot } from "../src/public-good.ts";
import { createTerminal, withFolder } from "./support.ts";
import { createTufRepository, PAST } from "./tuf-repository.ts";
import type { RepositoryOptions, TufRepository } from "./tuf-repository.ts";

const TARGET = Buffer.from(readPublicGoodRoot());
const OTHER = Buffer.from(`${readPublicGoodRoot()}\n`);

let repository: TufRepository;

beforeEach(async () => {
  repository = await createTufRepository();
});

afterEach(() => repository.close());

interface Answer {
  readonly status: number;
  readonly answer: unknown;
  readonly names: readonly string[];
}

async function refresh(cwd: string, ...flags: readonly string[]): Promise<Answer> {
  await writeFile(join(cwd, "root.json"), repository.root);
  const terminal = createTerminal({ cwd, env: { HOME: cwd } });
  const source = ["--mirror", repository.url, "--root", "root.json"];
  const args = ["trusted-root", "refresh", "--out", "out.json", ...source, ...flags, "--json"];
  const status = await runCli(args, terminal);
  const names = (await readdir(cwd, { recursive: true })).filter((name) => name !== "root.json").toSorted();
  return { status, answer: JSON.parse(terminal.out()) as unknown, names };
}

const failing = (code: string): unknown => expect.objectContaining({ error: expect.objectContaining({ code }) });

describe("policy-pack trusted-root refresh", () => {
  it("writes the target and nothing else, and says what it is", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET, { version: 3 });
      const { status, answer, names } = await refresh(cwd);
      expect({ status, names }).toEqual({ status: 0, names: ["out.json"] });
      expect(await readFile(join(cwd, "out.json"))).toEqual(TARGET);
      expect(answer).toMatchObject({
        file: "out.json",
        mirror: `${repository.url}/`,
        metadata: { root: { version: 1 }, timestamp: { version: 3 }, targets: { version: 3 } },
        authorities: expect.any(Array),
      });
    }));

  it("follows newer roots that the older one's key signed", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET, { newerRoots: 2 });
      const { status, answer } = await refresh(cwd);
      expect([status, answer]).toEqual([
        0,
        expect.objectContaining({
          metadata: expect.objectContaining({ root: expect.objectContaining({ version: 3 }) }),
        }),
      ]);
    }));

  it("keeps what it accepted in the cache, and uses it again", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      const first = await refresh(cwd, "--cache", "cache");
      expect(first.status).toBe(0);
      expect(first.names).toEqual(expect.arrayContaining(["out.json", "cache"]));
      const seen = repository.requests.length;
      expect((await refresh(cwd, "--cache", "cache")).status).toBe(0);
      expect(repository.requests.slice(seen).map(({ url }) => url)).toEqual(["/2.root.json", "/timestamp.json"]);
    }));

  it("replaces the trusted root that stands there when a newer one is served", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      await refresh(cwd, "--cache", "cache");
      repository.serve(OTHER, { version: 2 });
      expect((await refresh(cwd, "--cache", "cache")).status).toBe(0);
      expect(await readFile(join(cwd, "out.json"))).toEqual(OTHER);
    }));
});

describe("policy-pack trusted-root refresh, when something does not hold", () => {
  it.each<[string, string, number, RepositoryOptions]>([
    ["an expired timestamp", "METADATA_EXPIRED", 5, { expires: { timestamp: PAST } }],
    ["an expired snapshot", "METADATA_EXPIRED", 5, { expires: { snapshot: PAST } }],
    ["expired targets", "METADATA_EXPIRED", 5, { expires: { targets: PAST } }],
    ["an expired newest root", "METADATA_EXPIRED", 5, { newerRoots: 1, expires: { root: PAST } }],
    ["a root of another key", "SIGNATURE_INVALID", 4, { newerRoots: 1, forged: ["root"] }],
    ["a timestamp of another key", "SIGNATURE_INVALID", 4, { forged: ["timestamp"] }],
    ["a snapshot of another key", "SIGNATURE_INVALID", 4, { forged: ["snapshot"] }],
    ["targets of another key", "SIGNATURE_INVALID", 4, { forged: ["targets"] }],
    ["a target of another length", "LIMIT_EXCEEDED", 3, { sent: OTHER }],
    ["a target of other bytes", "DIGEST_MISMATCH", 4, { sent: Buffer.alloc(TARGET.byteLength) }],
    ["a target cut short", "DIGEST_MISMATCH", 4, { sent: TARGET.subarray(1) }],
  ])("throws for %s and writes nothing", (_name, code, status, options) =>
    withFolder(async (cwd) => {
      repository.serve(TARGET, options);
      expect(await refresh(cwd, "--cache", "cache")).toEqual({ status, answer: failing(code), names: [] });
    }),
  );

  it("throws TRUSTED_ROOT_INVALID for a signed target that verify could not use", () =>
    withFolder(async (cwd) => {
      repository.serve(Buffer.from("{}"));
      expect(await refresh(cwd, "--cache", "cache")).toEqual({
        status: 3,
        answer: failing("TRUSTED_ROOT_INVALID"),
        names: [],
      });
    }));

  it("throws METADATA_ROLLBACK for metadata older than the cache's, and leaves all as it was", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET, { version: 2 });
      const before = await refresh(cwd, "--cache", "cache");
      repository.serve(OTHER, { version: 1 });
      expect(await refresh(cwd, "--cache", "cache")).toEqual({
        status: 5,
        answer: failing("METADATA_ROLLBACK"),
        names: before.names,
      });
      expect(await readFile(join(cwd, "out.json"))).toEqual(TARGET);
    }));

  it("throws METADATA_INVALID for what is no metadata", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      repository.answer("/timestamp.json", 200, {}, Buffer.from("<html>"));
      expect(await refresh(cwd)).toEqual({ status: 3, answer: failing("METADATA_INVALID"), names: [] });
    }));

  it("throws FETCH_REJECTED for a redirect, and does not follow it", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      repository.answer("/timestamp.json", 302, { location: "/elsewhere" });
      expect(await refresh(cwd)).toEqual({ status: 6, answer: failing("FETCH_REJECTED"), names: [] });
      expect(repository.requests.map(({ url }) => url)).not.toContain("/elsewhere");
    }));

  it.each([
    [404, false],
    [500, true],
  ])("throws FETCH_STATUS for status %i", (code, retryable) =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      repository.answer("/timestamp.json", code);
      const { status, answer, names } = await refresh(cwd);
      expect([status, names]).toEqual([6, []]);
      expect(answer).toMatchObject({ error: { code: "FETCH_STATUS", retryable } });
    }),
  );

  it("throws LIMIT_EXCEEDED for a file over its cap, a compressed one included", () =>
    withFolder(async (cwd) => {
      const { gzipSync } = await import("node:zlib");
      const huge = gzipSync(Buffer.alloc(64 * 1024 * 1024));
      repository.serve(TARGET);
      repository.answer("/timestamp.json", 200, { "content-encoding": "gzip" }, huge);
      expect(await refresh(cwd)).toEqual({ status: 3, answer: failing("LIMIT_EXCEEDED"), names: [] });
    }));

  it("throws FETCH_FAILED when nobody answers", () =>
    withFolder(async (cwd) => {
      await repository.close();
      expect(await refresh(cwd)).toEqual({ status: 6, answer: failing("FETCH_FAILED"), names: [] });
    }));

  it("throws METADATA_INVALID for a first root that is none", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      await writeFile(join(cwd, "bad.json"), "{}");
      const terminal = createTerminal({ cwd });
      const args = [
        "--out",
        "out.json",
        "--mirror",
        repository.url,
        "--root",
        "bad.json",
        "--cache",
        "cache",
        "--json",
      ];
      expect(await runCli(["trusted-root", "refresh", ...args], terminal)).toBe(3);
      expect(JSON.parse(terminal.out())).toEqual(failing("METADATA_INVALID"));
      expect(repository.requests).toEqual([]);
    }));

  it("throws OUTPUT_FAILED when the place is a folder", () =>
    withFolder(async (cwd) => {
      repository.serve(TARGET);
      const terminal = createTerminal({ cwd });
      await writeFile(join(cwd, "root.json"), repository.root);
      const args = ["--out", ".", "--mirror", repository.url, "--root", "root.json", "--json"];
      expect(await runCli(["trusted-root", "refresh", ...args], terminal)).toBe(2);
      expect(JSON.parse(terminal.out())).toEqual(failing("OUTPUT_FAILED"));
      expect(await readdir(cwd)).toEqual(["root.json"]);
    }));

  it.each([
    ["a mirror without a root", ["--mirror", "https://tuf.example.com"]],
    ["a mirror that is no address", ["--mirror", "tuf.example.com", "--root", "/dev/null"]],
    ["a mirror of another scheme", ["--mirror", "file:///tmp", "--root", "/dev/null"]],
    ["a mirror with a password", ["--mirror", "https://a:b@tuf.example.com", "--root", "/dev/null"]],
    ["a root that is not there", ["--root", "/nonexistent"]],
  ])("throws CONFIG_INVALID for %s", async (_name, flags) => {
    const terminal = createTerminal();
    expect(await runCli(["trusted-root", "refresh", "--out", "o", ...flags, "--json"], terminal)).toBe(2);
    expect(JSON.parse(terminal.out())).toEqual(failing("CONFIG_INVALID"));
  });
});
