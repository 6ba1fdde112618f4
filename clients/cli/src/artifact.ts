import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { resolve } from "node:path";
import { digestFromHex, FormatError, parseDigest, PolicyPackError } from "@policy-pack/pack";
import type { Artifact } from "@policy-pack/verify";
import { CLI_LIMITS } from "./limits.ts";
import { packOfTar } from "./locate.ts";
import { openInput, reading, readInputFile } from "./read.ts";
import { eachPiece, readRegularFile, regularSize } from "./regular-file.ts";
import type { Terminal } from "./terminal.ts";

const { maxHeldArtifactBytes, maxArtifactBytes, maxHashedArtifactBytes } = CLI_LIMITS;
const WHAT = "The file";
const ADVICE = "Give its digest in its place: sha256:<the first word that sha256sum prints>.";

/**
 * The file to verify: small ones with their bytes, of larger ones the SHA-256 digest alone, computed piece by piece, so
 * that memory does not grow with the file. A pipe or `/dev/stdin` is read once, to its end.
 * @param file a path, or `sha256:<64 hex>` in its place
 * @throws ConfigError CONFIG_INVALID when it cannot be read, or was written to meanwhile; FormatError LIMIT_EXCEEDED,
 *   INPUT_INVALID
 */
export async function readArtifact(terminal: Terminal, file: string): Promise<Artifact> {
  if (file.startsWith("sha256:")) return { digest: parseDigest(file) };
  const path = resolve(terminal.cwd, file);
  const origin = originOf(terminal, file);
  return reading(WHAT, file, origin, () => {
    const size = regularSize(path);
    if (size === undefined) return readStream(path, file);
    return size > maxHeldArtifactBytes ? hashFile(path, file) : { bytes: readRegularFile(path, maxArtifactBytes) };
  });
}

/**
 * Runs a check on the file, and once more on all its bytes when the check says that its digest is not enough: an Ed25519
 * signature is over the bytes themselves, and others may be through another hash.
 * @throws what `readArtifact` and `check` throw; FormatError LIMIT_EXCEEDED for more bytes than are held in memory
 */
export async function checkArtifact<T>(terminal: Terminal, file: string, check: (artifact: Artifact) => T): Promise<T> {
  const artifact = await readArtifact(terminal, file);
  try {
    return check(artifact);
  } catch (error) {
    const needsBytes = error instanceof PolicyPackError && error.code === "INPUT_INVALID" && "digest" in artifact;
    if (!needsBytes || regularSize(resolve(terminal.cwd, file)) === undefined) throw error;
    const advice =
      "This signature is checked over all of its bytes, in memory; sign large files through SHA-256, with ECDSA or RSA.";
    const origin = originOf(terminal, file);
    const options = { what: WHAT, maxBytes: maxArtifactBytes, advice, origin };
    return check({ bytes: await readInputFile(terminal, file, options) });
  }
}

function originOf(terminal: Terminal, file: string): string | undefined {
  return packOfTar(terminal, file) === undefined ? undefined : "policy-pack build";
}

function hashFile(path: string, file: string): Artifact {
  const hash = createHash("sha256");
  let size = 0;
  eachPiece(path, `${WHAT} ${file}`, (piece) => {
    size += piece.byteLength;
    checkSize(size, file);
    hash.update(piece);
  });
  return toDigest(hash);
}

/** What cannot be read twice: its bytes as long as they are few, of more their digest. */
async function readStream(path: string, file: string): Promise<Artifact> {
  const hash = createHash("sha256");
  const held: Buffer[] = [];
  let size = 0;
  for await (const piece of openInput(path)) {
    size += piece.byteLength;
    checkSize(size, file);
    hash.update(piece);
    if (size <= maxHeldArtifactBytes) held.push(piece);
    else held.length = 0;
  }
  return size <= maxHeldArtifactBytes ? { bytes: Buffer.concat(held, size) } : toDigest(hash);
}

function checkSize(size: number, file: string): void {
  if (size <= maxHashedArtifactBytes) return;
  throw new FormatError("LIMIT_EXCEEDED", `${WHAT} ${file} is over ${maxHashedArtifactBytes} bytes. ${ADVICE}`);
}

function toDigest(hash: Hash): Artifact {
  return { digest: digestFromHex(hash.digest("hex")) };
}
