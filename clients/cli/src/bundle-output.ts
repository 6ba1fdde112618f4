import { createHash, X509Certificate } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError, FormatError, messageOf, systemCodeOf } from "@policy-pack/pack";
import type { Command } from "commander";
import { createFile } from "./create-file.ts";
import { CLI_LIMITS } from "./limits.ts";
import { checkOutputFolder } from "./output-folder.ts";
import { readStoredFile } from "./read.ts";
import type { Terminal } from "./terminal.ts";
import { valueFlag } from "./verb.ts";
import { replaceFile, withFileLock } from "./write-file.ts";

export interface BundleFlags {
  readonly bundle?: string;
  readonly bundleDir?: string;
}

/** Where a bundle goes. All paths are absolute. */
export type BundleTarget =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "lines"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string; readonly name: string };

const LINE_FEED = 0x0a;

/** Adds the flags that `bundleTarget` reads. */
export function addBundleFlags(command: Command, fallback: string): Command {
  return command
    .addOption(
      valueFlag(
        "--bundle <file>",
        `where the bundle goes (default: ${fallback}); it is replaced, but a .jsonl file gets one line more`,
      ),
    )
    .addOption(
      valueFlag(
        "--bundle-dir <dir>",
        "write the bundle as a new file into this folder, beside those of others; it is made if need be",
      ),
    );
}

/**
 * @param fallback where the bundle goes when no flag says it
 * @param name of what is signed, for the name of a file in a folder
 * @throws ConfigError CONFIG_INVALID when both flags are given
 */
export function bundleTarget(
  terminal: Terminal,
  { bundle, bundleDir }: BundleFlags,
  fallback: string,
  name: string,
): BundleTarget {
  if (bundleDir === undefined) {
    const path = resolve(terminal.cwd, bundle ?? fallback);
    return { kind: path.endsWith(".jsonl") ? "lines" : "file", path };
  }
  if (bundle === undefined) return { kind: "folder", path: resolve(terminal.cwd, bundleDir), name: basename(name) };
  throw new ConfigError("CONFIG_INVALID", "--bundle and --bundle-dir contradict each other; leave one of them out.");
}

/**
 * Refuses a bundle that could not be written afterwards, and one that would replace what it is made from, by whatever
 * links the paths lead there: the file that is signed, a predicate, a key.
 * @throws ConfigError CONFIG_INVALID; OUTPUT_FAILED when the folder that it goes into is not there
 */
export async function checkTarget(terminal: Terminal, target: BundleTarget, files: readonly string[]): Promise<void> {
  const besides = files.map((file) => dirname(resolve(terminal.cwd, file)));
  // Beside a file that is not there, that file is what is missing.
  if (!besides.includes(dirname(target.path))) await checkOutputFolder(terminal, target.path);
  if (target.kind === "folder") return;
  const place = await placeOf(target.path);
  for (const file of files) {
    if ((await placeOf(resolve(terminal.cwd, file))) !== place) continue;
    throw new ConfigError(
      "CONFIG_INVALID",
      `The bundle would replace ${file}, which it is made from; give another --bundle.`,
    );
  }
}

/** Where a path leads; the path itself where nothing is. */
function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/**
 * Writes the bundle, whole or not at all. A file is replaced; a JSON lines file gets one line more; in a folder it is a
 * new file, `<name>.<start of the key's hint>.sigstore.json`. No other bundle is touched, nor lost to signers that write
 * at the same time.
 * @returns the path that was written
 * @throws ConfigError OUTPUT_FAILED; FormatError LIMIT_EXCEEDED when a JSON lines file is full
 */
export async function writeBundle(target: BundleTarget, bundle: string): Promise<string> {
  if (target.kind === "folder") return writeInFolder(target.path, target.name, bundle);
  if (target.kind === "lines") await withFileLock(target.path, () => appendLine(target.path, bundle));
  else {
    const { writePack } = await import("@policy-pack/build");
    await writePack([{ path: target.path, bytes: Buffer.from(bundle) }]);
  }
  return target.path;
}

async function appendLine(path: string, bundle: string): Promise<void> {
  const what = "The file of bundles";
  const present = (await readStoredFile(path, { what, maxBytes: CLI_LIMITS.maxBundlesBytes })) ?? new Uint8Array();
  const separator = present.length > 0 && present.at(-1) !== LINE_FEED ? "\n" : "";
  const bytes = Buffer.concat([present, Buffer.from(`${separator}${bundle}\n`)]);
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (!lines.every((line) => line.startsWith("{"))) {
    throw new ConfigError("CONFIG_INVALID", `${path} is no file of JSON lines; give another --bundle.`);
  }
  if (lines.length > CLI_LIMITS.maxBundles || bytes.length > CLI_LIMITS.maxBundlesBytes) {
    throw new FormatError(
      "LIMIT_EXCEEDED",
      `${path} holds ${lines.length - 1} bundles, and no verifier reads more than ${CLI_LIMITS.maxBundles}, or ` +
        `${CLI_LIMITS.maxBundlesBytes} bytes; begin another file.`,
    );
  }
  await replaceFile(path, bytes, what);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return;
    const message = `The folder of bundles ${folder} cannot be made: ${messageOf(cause)}.`;
    throw new ConfigError("OUTPUT_FAILED", message, { cause });
  }
}

async function writeInFolder(folder: string, name: string, bundle: string): Promise<string> {
  await makeFolder(folder);
  const stem = `${name}.${shortHint(bundle)}`;
  for (let number = 1; number <= CLI_LIMITS.maxBundles; number++) {
    const path = join(folder, `${stem}${number === 1 ? "" : `-${number}`}.sigstore.json`);
    if (await createFile(path, bundle, { what: "The bundle", mode: 0o644 })) return path;
  }
  throw new FormatError(
    "LIMIT_EXCEEDED",
    `${folder} holds ${CLI_LIMITS.maxBundles} bundles of ${stem}, more than any verifier reads; use another folder.`,
  );
}

/** The first twelve hex digits of the SHA-256 of the signer's public key (SubjectPublicKeyInfo). */
function shortHint(bundle: string): string {
  const { verificationMaterial: material } = JSON.parse(bundle) as {
    readonly verificationMaterial: { certificate?: { rawBytes: string }; publicKey?: { hint: string } };
  };
  if (material.certificate === undefined) {
    return Buffer.from(material.publicKey?.hint ?? "", "base64")
      .toString("hex")
      .slice(0, 12);
  }
  const { publicKey } = new X509Certificate(Buffer.from(material.certificate.rawBytes, "base64"));
  const spki = publicKey.export({ format: "der", type: "spki" });
  return createHash("sha256").update(spki).digest("hex").slice(0, 12);
}
