import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestOf, parseManifest, readPackUnsafe } from "@policy-pack/pack";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { buildPack } from "../src/build.ts";
import { writePack } from "../src/write.ts";
import { sourceFiles, writeFiles } from "./sources.ts";

const MODULE = new URL("../dist/index.js", import.meta.url).href;
/** Data stands in the tar, the OPA bundle and the manifest. */
const NEW = { "data/config/data.json": '{"limit": 3, "more": "so that it is longer"}' };

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

function runChild(name: string, ...args: string[]): { signal: string | null; stdout: string } {
  const child = fileURLToPath(new URL(`./children/${name}.mjs`, import.meta.url));
  // What a killed build leaves of OPA's working copy goes with the test's folder.
  const env = { ...process.env, TMPDIR: temp.path };
  const { signal, stdout } = spawnSync(process.execPath, [child, MODULE, ...args], { encoding: "utf8", env });
  return { signal, stdout };
}

const digestsOf = (paths: readonly string[]): string[] => paths.map((path) => digestOf(readFileSync(path)));

describe("buildPack", () => {
  it("when killed at the end of any step keeps the old pack, or leaves the new one, whole", async () => {
    const sourceDir = join(temp.path, "src", "test-pack", "v0");
    const options = { sourceDir, outDir: join(temp.path, "out"), opa: await findTestOpa() };
    writeFiles(sourceDir, sourceFiles());
    const { tarPath, opaBundlePath, manifestPath } = await buildPack(options);
    const paths = [tarPath, opaBundlePath, manifestPath];
    const old = digestsOf(paths);
    writeFiles(sourceDir, NEW);
    for (const step of ["read", "check", "test", "compile", "encode"]) {
      expect(runChild("build", JSON.stringify(options), step).signal).toBe("SIGKILL");
      expect(digestsOf(paths)).toEqual(old);
    }
    expect(runChild("build", JSON.stringify(options), "write").signal).toBe("SIGKILL");
    expect(readPackUnsafe(readFileSync(tarPath)).data).toMatchObject({ config: { more: expect.anything() } });
    expect(parseManifest(readFileSync(manifestPath)).digest.value).toBe(digestsOf(paths)[0]?.slice(7));
    expect((await buildPack(options)).changed).toEqual([]);
  });
});

describe("writePack", () => {
  it("when killed before or in the middle of any act on the disk leaves each file whole, in order", async () => {
    const outputs = ["out/p.tar", "out/p.bundle.tar.gz", "src/manifest.json"].map((name) => ({
      path: join(temp.path, name),
      from: join(temp.path, "new", basename(name)),
      before: join(temp.path, "old", basename(name)),
    }));
    const paths = outputs.map(({ path }) => path);
    for (const { path, from, before } of outputs) {
      for (const folder of [path, from, before]) mkdirSync(dirname(folder), { recursive: true });
      writeFileSync(from, `new ${path}`.repeat(5_000));
      writeFileSync(before, `old ${path}`.repeat(4_000));
    }
    const [before, after] = [digestsOf(outputs.map((output) => output.before)), digestsOf(outputs.map((o) => o.from))];
    const restore = (): void => {
      for (const output of outputs) copyFileSync(output.before, output.path);
    };
    restore();
    const acts = JSON.parse(runChild("write", JSON.stringify(outputs), "never").stdout) as string[];
    expect(acts.filter((act) => act === "rename")).toHaveLength(3);
    const points = acts.flatMap((act, index) => [`${index}`, ...(act === "writeNew" ? [`${index}+`] : [])]);
    for (const point of points) {
      restore();
      expect(runChild("write", JSON.stringify(outputs), point).signal).toBe("SIGKILL");
      const found = digestsOf(paths);
      const renamed = found.filter((digest) => after.includes(digest)).length;
      expect(found).toEqual([...after.slice(0, renamed), ...before.slice(renamed)]);
      // The next build finishes the work and leaves nothing behind.
      await writePack(outputs.map(({ path, from }) => ({ path, bytes: readFileSync(from) })));
      expect(digestsOf(paths)).toEqual(after);
      expect(readdirSync(join(temp.path, "out")).sort()).toEqual(["p.bundle.tar.gz", "p.tar"]);
      expect(readdirSync(join(temp.path, "src"))).toEqual(["manifest.json"]);
    }
  });
});
