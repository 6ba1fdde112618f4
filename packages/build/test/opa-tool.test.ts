import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

let temporary: string | undefined;

jest.unstable_mockModule("node:os", () => ({ ...os, tmpdir: () => temporary ?? os.tmpdir() }));
const { findOpa, openOpa, OPA_VERSION } = await import("../src/opa-tool.ts");

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => {
  temporary = undefined;
  return temp.remove();
});

/** A program that says it is OPA of a version. */
function fakeOpa(folder: string, version: string, mode = 0o755): string {
  mkdirSync(join(temp.path, folder), { recursive: true });
  const path = join(temp.path, folder, "opa");
  writeFileSync(path, `#!/bin/sh\necho "Version: ${version}"\n`);
  chmodSync(path, mode);
  return path;
}

const search = (...folders: string[]): Parameters<typeof findOpa>[0] => ({
  checkout: temp.path,
  env: { PATH: folders.map((folder) => join(temp.path, folder)).join(delimiter) },
});

describe("findOpa", () => {
  it("when there is no temporary folder finds it all the same", async () => {
    const path = fakeOpa("a", OPA_VERSION);
    temporary = join(temp.path, "missing");
    expect((await findOpa(search("a"))).path).toBe(path);
  });

  it("when PATH has the pinned version returns it before .bin's", async () => {
    const path = fakeOpa("a", OPA_VERSION);
    fakeOpa(".bin", OPA_VERSION);
    expect(await findOpa(search("none", "a"))).toEqual({ path, version: OPA_VERSION });
  });

  it("when PATH has another version first returns a later one", async () => {
    fakeOpa("a", "1.0.0");
    const path = fakeOpa("b", OPA_VERSION);
    expect((await findOpa(search("a", "b"))).path).toBe(path);
  });

  it("when only .bin has it returns that", async () => {
    fakeOpa("a", `${OPA_VERSION}-dev`);
    const path = fakeOpa(".bin", OPA_VERSION);
    expect((await findOpa(search("a"))).path).toBe(path);
    expect((await findOpa({ checkout: temp.path, env: {} })).path).toBe(path);
  });

  it("when PATH has a relative folder does not look there", async () => {
    // So many steps up that it leads there from every working directory.
    const folder = `${"../".repeat(30)}${dirname(fakeOpa("a", OPA_VERSION)).slice(1)}`;
    await expect(findOpa({ env: { PATH: folder } })).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });

  it("when no checkout is named runs nothing of the working directory", async () => {
    fakeOpa(".bin", OPA_VERSION);
    const before = process.cwd();
    process.chdir(temp.path);
    try {
      await expect(findOpa({ env: {} })).rejects.toMatchObject({ code: "TOOL_MISSING" });
    } finally {
      process.chdir(before);
    }
  });

  it("when there is none throws TOOL_MISSING that names the four ways and what was found", async () => {
    const other = fakeOpa("a", "1.0.0");
    fakeOpa("b", OPA_VERSION, 0o644);
    const thrown: unknown = await findOpa(search("a", "b")).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "TOOL_MISSING", exitCode: 2 });
    const ways = ["PATH", ".bin/opa", "scripts/dev_install_opa.sh", "go install", OPA_VERSION, other, "1.0.0"];
    for (const way of ways) expect((thrown as { message: string }).message).toContain(way);
  });
});

describe("openOpa", () => {
  it("when the program is the pinned version returns it", async () => {
    const path = fakeOpa("a", OPA_VERSION);
    expect(await openOpa(path)).toEqual({ path, version: OPA_VERSION });
  });

  it.each(["1.0.0", "", "broken"])("when it says %j throws TOOL_MISSING", async (version) => {
    await expect(openOpa(fakeOpa("a", version))).rejects.toMatchObject({ code: "TOOL_MISSING" });
    await expect(openOpa(join(temp.path, "none"))).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });
});
