import { open, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ConfigError, LIMITS, messageOf, PolicyPackError, systemCodeOf } from "@policy-pack/pack";
import { toVerificationPolicy } from "@policy-pack/verify";
import type { VerificationPolicy } from "@policy-pack/verify";
import { createDispatcher } from "./http.ts";
import { fetchAndUnpack } from "./load.ts";
import type { UnpackedPack } from "./load.ts";
import { checkNode } from "./runtime.ts";

const HELP = `Usage: node dist/index.js URL --trusted-root FILE
           (--certificate-identity ID --certificate-oidc-issuer URL | --key FILE) [--dir DIR] [--json]

Fetches a policy pack and its Sigstore bundle, verifies them offline, unpacks the pack and prints the folder.

  --trusted-root FILE             trusted_root.json to verify against (required)
  --certificate-identity ID       whole identity in the signing certificate
  --certificate-oidc-issuer URL   whole OIDC issuer in the signing certificate
  --key FILE                      public key (PEM) in place of identity and issuer
  --dir DIR                       unpack here; default: a fresh temporary folder
  --json                          one JSON line: {"dir", "packId", "revision", "digest", "signers"},
                                  or {"error": {"code", "message", "retryable"}}
  --help, --version

Example:
  node dist/index.js http://127.0.0.1:8080/v1/policy/packs/policy-pack-v0 --trusted-root trusted_root.json \\
    --certificate-identity release@example.com --certificate-oidc-issuer https://issuer.example.com

Exit: 0 verified, 2 configuration, 3 malformed, 4 not proven, 5 not accepted, 6 not fetched, 1 unexpected
`;

/** Where a command writes: the process, or a test's collector. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const OPTIONS = {
  "trusted-root": { type: "string" },
  "certificate-identity": { type: "string" },
  "certificate-oidc-issuer": { type: "string" },
  key: { type: "string" },
  dir: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

interface Flags {
  readonly "trusted-root"?: string;
  readonly "certificate-identity"?: string;
  readonly "certificate-oidc-issuer"?: string;
  readonly key?: string;
  readonly dir?: string;
  readonly help?: boolean;
  readonly version?: boolean;
}

/** Runs the command; never throws. @returns the exit code, by the class of the error */
export async function main(
  args: readonly string[],
  output: Output,
  nodeVersion = process.versions.node,
): Promise<number> {
  const json = args.includes("--json");
  try {
    checkNode(nodeVersion);
    const text = await run(args, json);
    output.stdout.write(text);
    return 0;
  } catch (thrown) {
    report(thrown, json, output);
    return thrown instanceof PolicyPackError ? thrown.exitCode : 1;
  }
}

async function run(args: readonly string[], json: boolean): Promise<string> {
  const { flags, positionals } = parse(args);
  if (flags.help === true) return HELP;
  if (flags.version === true) return `${await version()}\n`;
  const [url, ...rest] = positionals;
  if (url === undefined || rest.length > 0) throw usage("Give exactly one URL");
  const { dir, verified } = await unpack(url, flags);
  const { packId, revision, digest, signers } = verified;
  return json ? `${JSON.stringify({ dir, packId, revision, digest, signers })}\n` : `${dir}\n`;
}

function parse(args: readonly string[]): { flags: Flags; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    return { flags: values, positionals };
  } catch (cause) {
    // Its first sentence: what follows is advice for another kind of argument.
    throw usage(messageOf(cause).split(/\.\s/)[0] ?? "", cause);
  }
}

function usage(what: string, cause?: unknown): ConfigError {
  return new ConfigError("CONFIG_INVALID", `${what.replace(/\.$/, "")}; see --help.`, { cause });
}

async function unpack(url: string, flags: Flags): Promise<UnpackedPack> {
  const trustedRootPath = flags["trusted-root"];
  if (trustedRootPath === undefined) throw usage("--trusted-root is required: whose signatures count is yours to say");
  const verificationPolicy = await readPolicy(flags);
  const trustedRoot = await readText("--trusted-root", trustedRootPath);
  // Its own pool, destroyed at once: a connection still being made would hold the process.
  const dispatcher = await createDispatcher();
  try {
    return await fetchAndUnpack({ url, trustedRoot, verificationPolicy, dispatcher, dir: flags.dir });
  } finally {
    await dispatcher.destroy();
  }
}

async function readPolicy(flags: Flags): Promise<VerificationPolicy> {
  return toVerificationPolicy({
    certificateIdentity: flags["certificate-identity"],
    certificateOidcIssuer: flags["certificate-oidc-issuer"],
    key: flags.key === undefined ? undefined : await readText("--key", flags.key),
  });
}

/** A small file named by a flag; one that is no regular file, or huge, is not read. */
async function readText(flag: string, path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size > LIMITS.maxTrustedRootBytes) {
        throw new ConfigError("CONFIG_INVALID", `${flag} ${path} is not a file of at most 1 MiB.`);
      }
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) throw thrown;
    const code = systemCodeOf(thrown) ?? "unknown cause";
    throw new ConfigError("CONFIG_INVALID", `${flag} ${path} cannot be read (${code}).`, { cause: thrown });
  }
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}

/** With --json on stdout, where a program reads the answer in either case; otherwise one line on stderr. */
function report(thrown: unknown, json: boolean, output: Output): void {
  const error = thrown instanceof PolicyPackError ? thrown.toJSON() : unexpected(thrown);
  if (json) output.stdout.write(`${JSON.stringify({ error })}\n`);
  else output.stderr.write(`error ${error.code}: ${error.message.replace(/[\p{Cc}\p{Cf}]+/gu, " ")}\n`);
}

function unexpected(thrown: unknown): { code: string; message: string; retryable: boolean } {
  return { code: "UNEXPECTED", message: messageOf(thrown), retryable: false };
}
