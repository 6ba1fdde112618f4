import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf, PolicyPackError } from "@policy-pack/pack";
import { readTrust, TRUST_OPTIONS, usage } from "./command-trust.ts";
import type { TrustFlags } from "./command-trust.ts";
import { createDispatcher } from "./http.ts";
import { fetchAndUnpack } from "./load.ts";
import type { UnpackedPack } from "./load.ts";
import { checkNode } from "./runtime.ts";

const HELP = `Usage: node dist/index.js URL --trusted-root FILE
           (--certificate-identity ID --certificate-oidc-issuer URL | --key FILE | --policy FILE)
           [--bundle FILE] [--denylist FILE] [--pause FILE] [--dir DIR] [--json]

Fetches a policy pack and its Sigstore bundle, verifies them offline, unpacks the pack and prints the folder.

  --trusted-root FILE             trusted_root.json to verify against (required, unless the policy holds its own)
  --certificate-identity ID       whole identity in the signing certificate
  --certificate-oidc-issuer URL   whole OIDC issuer in the signing certificate
  --certificate-identity-regexp, --certificate-oidc-issuer-regexp
                                  a pattern of the whole in place of either: ^...$
  --key FILE                      public key (PEM) in place of identity and issuer
  --policy FILE                   verification policy in place of all these
  --bundle FILE                   a Sigstore bundle beside the one that the server sends; repeatable
  --denylist FILE, --pause FILE   the signed lists that the policy demands; repeatable. Versions are not
                                  remembered from one run to the next: policy-pack fetch --state does that
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
  ...TRUST_OPTIONS,
  dir: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

interface Flags extends TrustFlags {
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

async function unpack(url: string, flags: Flags): Promise<UnpackedPack> {
  const trust = await readTrust(flags);
  // Its own pool, destroyed at once: a connection still being made would hold the process.
  const dispatcher = await createDispatcher();
  try {
    return await fetchAndUnpack({ ...trust, url, dispatcher, dir: flags.dir });
  } finally {
    await dispatcher.destroy();
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
