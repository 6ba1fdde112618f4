import { digestOf, FormatError, hexOf, quotePath } from "@policy-pack/pack";
import type { Digest, SourceFile } from "@policy-pack/pack";

/**
 * The listing of files that `sha256sum` prints for them in the order of their paths' bytes: a line a file, its hash, two
 * spaces and its path. For the files that a build reads, tests included, this names the source.
 * @throws FormatError INPUT_INVALID for a path that would break its line, or that is there twice
 */
export function fileListing(files: readonly SourceFile[]): string {
  const sorted = [...files].sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
  for (const [index, { path }] of sorted.entries()) {
    if (/[\n\r\\]/.test(path) || path === sorted[index - 1]?.path) {
      throw new FormatError("INPUT_INVALID", `${quotePath(path)} cannot stand in a listing of files.`);
    }
  }
  return sorted.map(({ path, bytes }) => `${hexOf(digestOf(bytes))}  ${path}\n`).join("");
}

/**
 * The digest of a pack's source: SHA-256 over `fileListing`. It covers neither `manifest.json`, whose revision and
 * previous digest are a build's parameters, nor signatures.
 * Source: in-toto attestation framework v1, "DigestSet", `dirHash`.
 * @throws FormatError INPUT_INVALID
 */
export function sourceDigest(files: readonly SourceFile[]): Digest {
  return digestOf(Buffer.from(fileListing(files)));
}
