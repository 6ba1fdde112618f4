import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { FormatError, VerificationError } from "@policy-pack/pack";
import type { Artifact } from "@policy-pack/verify";
import { checkArtifact, readArtifact } from "../src/artifact.ts";
import { CLI_LIMITS } from "../src/limits.ts";
import { createTerminal, withFolder } from "./support.ts";

const HELD = CLI_LIMITS.maxHeldArtifactBytes;

/** A file without content on disk, which reads as so many zeros. */
async function writeSparse(path: string, size: number): Promise<void> {
  await writeFile(path, "");
  await truncate(path, size);
}

function digestOfZeros(size: number): string {
  return digestOf({ bytes: Buffer.alloc(size) });
}

function digestOf(artifact: Artifact): string {
  if ("digest" in artifact) return artifact.digest;
  return `sha256:${createHash("sha256").update(artifact.bytes).digest("hex")}`;
}

describe("readArtifact", () => {
  it("returns the digest that stands in the file's place", async () => {
    const digest = digestOfZeros(1);
    expect(await readArtifact(createTerminal(), digest)).toEqual({ digest });
    await expect(readArtifact(createTerminal(), "sha256:00")).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("returns the bytes of a file up to the size that is held in memory, and an empty one's", () =>
    withFolder(async (cwd) => {
      await writeSparse(join(cwd, "f"), HELD);
      await writeFile(join(cwd, "empty"), "");
      const terminal = createTerminal({ cwd });
      const artifact = await readArtifact(terminal, "f");
      expect(["bytes" in artifact, digestOf(artifact)]).toEqual([true, digestOfZeros(HELD)]);
      expect(await readArtifact(terminal, "empty")).toEqual({ bytes: Buffer.alloc(0) });
    }));

  it("returns the digest of a larger file", () =>
    withFolder(async (cwd) => {
      await writeSparse(join(cwd, "f"), HELD + 1);
      expect(await readArtifact(createTerminal({ cwd }), "f")).toEqual({ digest: digestOfZeros(HELD + 1) });
    }));

  it.each([
    [3, "bytes"],
    [HELD + 1, "digest"],
  ])("returns what a pipe of %d bytes holds as %s", (size, form) =>
    withFolder(async (cwd) => {
      execFileSync("mkfifo", [join(cwd, "pipe")]);
      const writer = spawn("sh", ["-c", 'head -c "$0" /dev/zero >pipe', String(size)], { cwd, stdio: "ignore" });
      const ended = new Promise((resolve) => writer.once("exit", resolve));
      const artifact = await readArtifact(createTerminal({ cwd }), "pipe");
      await ended;
      expect([form in artifact, digestOf(artifact)]).toEqual([true, digestOfZeros(size)]);
    }),
  );

  it.each(["absent", ".", "a-file/below"])("throws CONFIG_INVALID when %s cannot be read", (path) =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "a-file"), "x");
      const reading = readArtifact(createTerminal({ cwd }), path);
      await expect(reading).rejects.toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
    }),
  );
});

describe("checkArtifact", () => {
  const needsBytes = new FormatError("INPUT_INVALID", "give the file");

  it("hands a large file to the check once more with its bytes when its digest is not enough", () =>
    withFolder(async (cwd) => {
      await writeSparse(join(cwd, "f"), HELD + 1);
      const seen: string[] = [];
      const size = await checkArtifact(createTerminal({ cwd }), "f", (artifact) => {
        seen.push(...Object.keys(artifact));
        if ("digest" in artifact) throw needsBytes;
        return artifact.bytes.byteLength;
      });
      expect([seen, size]).toEqual([["digest", "bytes"], HELD + 1]);
    }));

  it("throws LIMIT_EXCEEDED when the bytes are needed and too many to be held", () =>
    withFolder(async (cwd) => {
      await writeSparse(join(cwd, "f"), CLI_LIMITS.maxArtifactBytes + 1);
      const check = checkArtifact(createTerminal({ cwd }), "f", () => {
        throw needsBytes;
      });
      await expect(check).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", exitCode: 3 });
    }));

  it("throws what the check throws, once, when bytes would not help or are all there", () =>
    withFolder(async (cwd) => {
      await writeSparse(join(cwd, "large"), HELD + 1);
      await writeFile(join(cwd, "small"), "x");
      const rejected = new VerificationError("SIGNATURE_INVALID", "no");
      for (const [file, error] of [
        ["large", rejected],
        ["small", needsBytes],
        [digestOfZeros(1), needsBytes],
      ] as const) {
        let count = 0;
        const check = checkArtifact(createTerminal({ cwd }), file, () => {
          count++;
          throw error;
        });
        await expect(check).rejects.toBe(error);
        expect(count).toBe(1);
      }
    }));
});
