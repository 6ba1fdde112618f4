import { gunzipSync } from "node:zlib";
import { digestOf, FormatError, LIMITS, messageOf, parseJson, quotePath, systemCodeOf } from "@policy-pack/pack";
import type { Digest, JsonValue } from "@policy-pack/pack";
import { Parser } from "tar";
import type { ReadEntry } from "tar";

/** One file of an OPA bundle. */
export interface OpaBundleFile {
  /** Without the `./` or `/` that writers put before it. */
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

export interface OpaBundleFacts {
  /** `.manifest`, which OPA does not demand. */
  readonly manifest: JsonValue | undefined;
  readonly files: readonly OpaBundleFile[];
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const MANIFEST = ".manifest";

/** Whether the bytes begin as gzip does (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return GZIP.equals(bytes.subarray(0, GZIP.length));
}

/**
 * Reads a stock OPA bundle, by whatever wrote it. Only its form and size are checked.
 * @throws FormatError ARCHIVE_INVALID, MANIFEST_INVALID for `.manifest`, LIMIT_EXCEEDED when it unpacks to more than a
 *   pack may hold
 */
export async function readOpaBundleUnsafe(bytes: Uint8Array): Promise<OpaBundleFacts> {
  const tar = unzip(bytes);
  // The reader of the tar would unzip once more, without this cap.
  if (isGzip(tar)) throw invalid("it is compressed twice");
  let manifest: JsonValue | undefined;
  const files: OpaBundleFile[] = [];
  for (const { path, content } of await readFiles(tar)) {
    if (path === MANIFEST) manifest = parseManifest(content);
    files.push({ path, size: content.length, digest: digestOf(content) });
  }
  return { manifest, files };
}

function parseManifest(content: Uint8Array): JsonValue {
  const { maxManifestBytes: maxBytes } = LIMITS;
  return parseJson(content, { maxBytes, code: "MANIFEST_INVALID", what: "The OPA bundle's .manifest" });
}

function unzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMITS.maxPackBytes });
  } catch (cause) {
    if (systemCodeOf(cause) !== "ERR_BUFFER_TOO_LARGE") throw invalid(messageOf(cause), cause);
    throw new FormatError("LIMIT_EXCEEDED", `The file unpacks to more than ${LIMITS.maxPackBytes} bytes.`, { cause });
  }
}

interface ArchiveFile {
  readonly path: string;
  readonly content: Buffer;
}

async function readFiles(tar: Buffer): Promise<readonly ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  let entries = 0;
  const onReadEntry = (entry: ReadEntry): void => {
    entries += 1;
    if (entries > LIMITS.maxFiles) {
      throw new FormatError("LIMIT_EXCEEDED", `The OPA bundle holds more than ${LIMITS.maxFiles} entries.`);
    }
    if (entry.type === "Directory") {
      entry.resume();
      return;
    }
    if (entry.type !== "File") throw invalid(`${quotePath(entry.path)} is no plain file`);
    const pieces: Buffer[] = [];
    const path = entry.path.replace(/^(?:\.?\/)+/, "");
    entry.on("data", (piece) => pieces.push(piece));
    entry.on("end", () => files.push({ path, content: Buffer.concat(pieces) }));
  };
  try {
    await parse(new Parser({ strict: true, zstd: false, onReadEntry }), tar);
  } catch (cause) {
    throw cause instanceof FormatError ? cause : invalid(messageOf(cause), cause);
  }
  return files;
}

function parse(parser: Parser, tar: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.on("error", reject);
    parser.on("end", resolve);
    parser.end(tar);
  });
}

function invalid(why: string, cause?: unknown): FormatError {
  return new FormatError("ARCHIVE_INVALID", `The file is no OPA bundle that can be read: ${why}.`, { cause });
}
