import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { LIMITS } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readSource } from "../src/source.ts";
import { sourceFiles, writeFiles } from "./sources.ts";

let temp: TempDir;
let dir = "";
beforeEach(async () => {
  temp = await createTempDir();
  dir = join(temp.path, "policy-pack", "v0");
  writeFiles(dir, sourceFiles());
});
afterEach(() => temp.remove());

async function refusal(): Promise<{ code?: unknown; message?: string }> {
  try {
    await readSource(dir);
    return { code: "accepted" };
  } catch (thrown) {
    return thrown as { code?: unknown; message?: string };
  }
}

function linkTo(target: string): (path: string) => void {
  return (path) => {
    symlinkSync(target, path);
  };
}

function file(text = ""): (path: string) => void {
  return (path) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
}

function hugeFile(path: string): void {
  writeFileSync(path, "");
  truncateSync(path, LIMITS.maxFileBytes + 1);
}

function fifo(path: string): void {
  execFileSync("mkfifo", [path]);
}

function folder(path: string): void {
  mkdirSync(path);
}

describe("readSource", () => {
  it("when given a source returns its files", async () => {
    writeFiles(dir, { "manifest.json": "{" });
    const files = await readSource(dir);
    expect(files.map(({ path }) => path).sort()).toEqual(Object.keys(sourceFiles()).sort());
    expect(Buffer.from(files.find(({ path }) => path === "README.md")?.bytes ?? []).toString()).toBe("# A\n");
  });

  it("when there are signatures or what a killed build left leaves them out", async () => {
    writeFiles(dir, {
      "signing/cosign.bundle.json": "{}",
      "signing/two.sigstore.json": "{}",
      ".manifest.json.12345-0123456789abcdef.tmp": "{",
      "signing/.cosign.bundle.json.12345-0123456789abcdef.tmp": "{",
    });
    expect(await readSource(dir)).toHaveLength(Object.keys(sourceFiles()).length);
  });

  it("when there are a changelog and cases leaves them out, whatever the cases hold", async () => {
    writeFiles(dir, {
      "CHANGELOG.md": "# Changelog\n",
      ".CHANGELOG.md.12345-0123456789abcdef.tmp": "",
      "cases/abac.json": "[]",
      "cases/.hidden/deep.rego": "",
    });
    symlinkSync("/etc/passwd", join(dir, "cases/link"));
    expect(await readSource(dir)).toHaveLength(Object.keys(sourceFiles()).length);
  });

  it.each<[string, (path: string) => void]>([
    ["CHANGELOG.md", linkTo("/etc/passwd")],
    ["CHANGELOG.md", folder],
    ["Changelog.md", file()],
    ["opa/CHANGELOG.md~", linkTo("nowhere")],
    ["cases", linkTo("/tmp")],
    ["cases", file()],
    ["Cases", folder],
    ["manifest.json", folder],
    ["opa/link.rego", linkTo("/etc/passwd")],
    ["opa/inner.rego", linkTo("a/a.rego")],
    ["opa/dangling", linkTo("nowhere")],
    ["opa/folder", linkTo("a")],
    ["signing/cosign.bundle.json", linkTo("/etc/passwd")],
    ["opa/fifo", fifo],
    ["opa/huge.rego", hugeFile],
    ["opa/.hidden", file()],
    [".git/config", file()],
    ["opa/.empty", folder],
    ["opa/policy.wasm", file()],
    ["opa/.manifest", file()],
    ["opa/A", file()],
    ["opa/e\u0301", file()],
    ["opa/back\\slash", file()],
    ["opa/a\nb", file()],
    ["node_modules", folder],
    ["Makefile", file()],
    ["data/config/other.json", file("{}")],
    ["data/config.yaml", file()],
    ["opa/a/data.json", file("{}")],
    ["opa/a/data.yml", file()],
  ])("when there is %j throws SOURCE_INVALID that names it", async (path, make) => {
    make(join(dir, path));
    const { code, message } = await refusal();
    expect(code).toBe("SOURCE_INVALID");
    const named = path === "opa/A" ? "opa/" : JSON.stringify(path.split("/config")[0]).slice(1, -1);
    expect(message).toContain(named);
  });

  it("when a leftover is of no signature throws SOURCE_INVALID that names it", async () => {
    writeFiles(dir, { "signing/.README.md.12345-0123456789abcdef.tmp": "" });
    expect(await refusal()).toMatchObject({
      code: "SOURCE_INVALID",
      message: expect.stringContaining("README.md.123"),
    });
  });

  it("when folders lie too deep throws SOURCE_INVALID before it opens them all", async () => {
    writeFiles(dir, { [`opa/${"d/".repeat(200)}deep.rego`]: "" });
    expect(await refusal()).toMatchObject({ code: "SOURCE_INVALID", message: expect.stringContaining("opa/d/d") });
  });

  it("when there is a device throws SOURCE_INVALID that names it", async () => {
    if (spawnSync("mknod", [join(dir, "opa/null"), "c", "1", "3"]).status !== 0) return;
    expect(await refusal()).toMatchObject({ code: "SOURCE_INVALID", message: expect.stringContaining("opa/null") });
  });

  it("when there is a socket throws SOURCE_INVALID that names it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(dir, "opa/s"), resolve));
    try {
      expect(await refusal()).toMatchObject({ code: "SOURCE_INVALID", message: expect.stringContaining("opa/s") });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("when a name is not UTF-8 throws SOURCE_INVALID", async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/opa/`), Buffer.from([0xff])]), "");
    expect((await refusal()).code).toBe("SOURCE_INVALID");
  });

  it("when a file cannot be read throws SOURCE_INVALID that names it", async () => {
    chmodSync(join(dir, "opa/a/a.rego"), 0);
    const { code, message } = process.getuid?.() === 0 ? refusalAsNobody() : await refusal();
    expect(code).toBe("SOURCE_INVALID");
    expect(message).toContain("opa/a/a.rego");
  });

  it("when all files together are beyond the cap throws SOURCE_INVALID", async () => {
    for (const name of ["x", "y", "z"]) {
      writeFileSync(join(dir, "signing", name), "");
      truncateSync(join(dir, "signing", name), LIMITS.maxFileBytes);
    }
    expect((await refusal()).code).toBe("SOURCE_INVALID");
  });

  it("when there are more files than a pack may hold throws SOURCE_INVALID", async () => {
    for (let count = 0; count <= LIMITS.maxFiles; count += 1) writeFileSync(join(dir, "signing", `f${count}`), "");
    expect((await refusal()).code).toBe("SOURCE_INVALID");
  });

  it("when there is no opa/ throws SOURCE_INVALID", async () => {
    renameSync(join(dir, "opa"), join(dir, "signing", "opa"));
    expect((await refusal()).code).toBe("SOURCE_INVALID");
  });

  it.each(["nowhere", "README.md", "link"])("when the folder is %s throws SOURCE_INVALID", async (name) => {
    symlinkSync(dir, join(temp.path, "link"));
    dir = name === "README.md" ? join(dir, name) : join(temp.path, name);
    expect((await refusal()).code).toBe("SOURCE_INVALID");
  });
});

/** Root reads everything, so the check runs as another user. */
function refusalAsNobody(): { code?: unknown; message?: string } {
  chmodSync(temp.path, 0o755);
  const module = JSON.stringify(new URL("../dist/index.js", import.meta.url).href);
  const script = `import { readSource } from ${module};
    await readSource(${JSON.stringify(dir)}).catch(({ code, message }) => console.log(JSON.stringify({ code, message })));`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = spawnSync(process.execPath, args, { uid: 65_534, encoding: "utf8", env: {} });
  return JSON.parse(stdout) as { code?: unknown; message?: string };
}
