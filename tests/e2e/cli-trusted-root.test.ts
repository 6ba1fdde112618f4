import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTempDir, publicGoodTrustedRoot } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { createTufRepository, PAST } from "../../clients/cli/test/tuf-repository.ts";
import type { TufRepository } from "../../clients/cli/test/tuf-repository.ts";
import { codeOf } from "./cli-checkout.ts";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const NO_NETWORK = { NODE_OPTIONS: `--require=${join(import.meta.dirname, "../support/no-network.cjs")}` };
const TARGET = Buffer.from(publicGoodTrustedRoot());

let folder: TempDir;
let cli: Cli;
let repository: TufRepository;
/** Where the command may look for a home and a temporary folder. */
let places: Record<string, string>;

const at = (path: string): string => join(folder.path, path);
const filesBelow = async (path: string): Promise<readonly string[]> => {
  const entries = await readdir(at(path), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

beforeAll(async () => {
  folder = await createTempDir();
  cli = await createCli(folder.path);
  repository = await createTufRepository();
  places = { HOME: at("home"), XDG_DATA_HOME: at("home"), XDG_CACHE_HOME: at("home"), TMPDIR: at("tmp") };
  for (const name of ["home", "tmp"]) await mkdir(at(name));
  await writeFile(at("tuf-root.json"), repository.root);
});

afterAll(async () => {
  await repository.close();
  await folder.remove();
});

describe("policy-pack trusted-root refresh", () => {
  const refresh = (...flags: readonly string[]): ReturnType<Cli["json"]> => {
    const source = ["--mirror", repository.url, "--root", "tuf-root.json"];
    return cli.json(["trusted-root", "refresh", "--out", "fresh.json", ...source, ...flags], { env: places });
  };

  it("writes what it was asked for, and nothing in the home or the temporary folder", async () => {
    repository.serve(TARGET, { version: 5 });
    expect((await refresh("--cache", "cache")).status).toBe(0);
    expect(await readFile(at("fresh.json"))).toEqual(TARGET);
    expect([...(await filesBelow("cache"))].toSorted()).toEqual([
      "root.json",
      "snapshot.json",
      "targets.json",
      "timestamp.json",
      "trusted_root.json",
    ]);
    expect([await readdir(at("home")), await readdir(at("tmp"))]).toEqual([[], []]);
  });

  it("keeps the highest version of several at once, and refuses an older one", async () => {
    repository.serve(TARGET, { version: 6 });
    const runs = await Promise.all([refresh("--cache", "cache"), refresh("--cache", "cache")]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    repository.serve(TARGET, { version: 5 });
    const { status, answer } = await refresh("--cache", "cache");
    expect([status, codeOf(answer)]).toEqual([5, "METADATA_ROLLBACK"]);
  });

  it("leaves everything as it was when the metadata has expired", async () => {
    repository.serve(Buffer.from("{}"), { version: 9, expires: { timestamp: PAST } });
    const { status, answer } = await refresh();
    expect([status, codeOf(answer)]).toEqual([5, "METADATA_EXPIRED"]);
    expect(await readFile(at("fresh.json"))).toEqual(TARGET);
    expect(await readdir(at("tmp"))).toEqual([]);
  });

  it("can be used by verify and is looked at by check", async () => {
    const { status, answer } = await cli.json(["trusted-root", "check", "fresh.json"], { env: NO_NETWORK });
    expect([status, answer]).toEqual([0, expect.objectContaining({ ok: true, problems: [] })]);
    const shown = await cli.json(["trusted-root", "show", "--trusted-root", "fresh.json"], { env: NO_NETWORK });
    expect([shown.status, shown.answer]).toEqual([0, expect.objectContaining({ source: "fresh.json" })]);
  });
});
