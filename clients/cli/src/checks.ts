import { ConfigError, messageOf } from "@policy-pack/pack";
import { certifiesUntil, describeAuthorities } from "./authorities.ts";
import { readPublicGoodRoot } from "./public-good.ts";
import { GITHUB_OIDC, signingMode } from "./signing-mode.ts";
import type { SigningMode } from "./signing-mode.ts";
import type { Terminal } from "./terminal.ts";
import { findTool } from "./tool.ts";
import { readDevTrustedRoot } from "./trust.ts";

/** One thing that `doctor` looked at. */
export interface Check {
  readonly name: string;
  readonly required: boolean;
  readonly state: "ok" | "missing" | "unfit";
  /** Version and place, or what was seen instead; null when there is nothing. */
  readonly found: string | null;
  /** How to get it, or what to do. */
  readonly advice?: string;
}

/** Looks at everything the verbs may need. Runs tools with a version flag, reads files, fetches nothing. */
export async function runChecks(terminal: Terminal, authorityDir: string): Promise<readonly Check[]> {
  return [
    { name: "Node", required: true, state: "ok", found: `${process.versions.node} (${process.execPath})` },
    await checkOpa(terminal),
    ...(await Promise.all(TOOLS.map((tool) => checkTool(terminal, tool)))),
    await checkPublicGoodRoot(),
    await checkDevAuthority(authorityDir),
    checkSigning(terminal),
  ];
}

async function checkOpa(terminal: Terminal): Promise<Check> {
  const { findOpa, OPA_VERSION } = await import("@policy-pack/build");
  try {
    const { path, version } = await findOpa(terminal);
    return { name: "OPA", required: true, state: "ok", found: `${version} (${path})` };
  } catch (error) {
    const other = await findTool(terminal, "opa", ["version"]);
    const found = other === undefined ? null : `${firstMatch(other.output, /^Version: (\S+)/m)} (${other.path})`;
    const state = other === undefined ? "missing" : "unfit";
    return { name: `OPA ${OPA_VERSION}`, required: true, state, found, advice: messageOf(error) };
  }
}

interface OptionalTool {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its first group is the version. A tool of this name that prints otherwise is another tool. */
  readonly version: RegExp;
  readonly advice: string;
}

const TOOLS: readonly OptionalTool[] = [
  {
    name: "npm",
    command: "npm",
    args: ["--version"],
    version: /^(\S+)/,
    advice: "only for working on the checkout; it comes with Node.",
  },
  {
    name: "git",
    command: "git",
    args: ["--version"],
    version: /git version (\S+)/,
    advice: "only for working on the checkout; install it from your distribution.",
  },
  {
    name: "cosign",
    command: "cosign",
    args: ["version"],
    version: /GitVersion:\s+(\S+)/,
    advice:
      "a second opinion on signatures, and for the interop tests: your distribution's package, a release from" +
      " github.com/sigstore/cosign checked against its SHA-256, or go install github.com/sigstore/cosign/v3/cmd/cosign@latest.",
  },
  {
    name: "GNU tar",
    command: "tar",
    args: ["--version"],
    version: /GNU tar\) (\S+)/,
    advice: "to repack a pack by hand; on macOS: brew install gnu-tar.",
  },
];

async function checkTool(terminal: Terminal, tool: OptionalTool): Promise<Check> {
  const { name, advice } = tool;
  const found = await findTool(terminal, tool.command, tool.args);
  if (found === undefined) return { name, required: false, state: "missing", found: null, advice };
  const version = tool.version.exec(found.output ?? "")?.[1];
  if (version === undefined) return { name, required: false, state: "unfit", found: found.path, advice };
  return { name, required: false, state: "ok", found: `${version} (${found.path})` };
}

function firstMatch(text: string | undefined, pattern: RegExp): string {
  return pattern.exec(text ?? "")?.[1] ?? "unknown version";
}

async function checkPublicGoodRoot(): Promise<Check> {
  const name = "public-good trusted root";
  try {
    return { name, required: true, state: "ok", found: await describeRoot(readPublicGoodRoot()) };
  } catch (error) {
    return { name, required: true, state: "unfit", found: null, advice: messageOf(error) };
  }
}

async function checkDevAuthority(dir: string): Promise<Check> {
  const name = "development authority";
  try {
    const root = await readDevTrustedRoot(dir);
    if (root !== undefined) {
      return { name, required: false, state: "ok", found: `${await describeRoot(root)} (${dir})` };
    }
    const advice = "policy-pack sign creates one on first use; it proves nothing to others.";
    return { name, required: false, state: "missing", found: null, advice };
  } catch (error) {
    return { name, required: false, state: "unfit", found: dir, advice: messageOf(error) };
  }
}

/**
 * Parses the root as a verifier would and says until when signers are certified under it.
 * @throws FormatError TRUSTED_ROOT_INVALID; ConfigError AUTHORITY_INVALID when that time is over
 */
async function describeRoot(json: string | Uint8Array): Promise<string> {
  const { parseTrustedRoot } = await import("@policy-pack/verify");
  const until = certifiesUntil(describeAuthorities(parseTrustedRoot(json)), new Date());
  if (until !== undefined) return `certifies until ${until}`;
  throw new ConfigError("AUTHORITY_INVALID", "Every certificate authority in it has expired; replace it.");
}

const SIGNING_MODES: Readonly<Record<SigningMode, Pick<Check, "state" | "found" | "advice">>> = {
  token: { state: "ok", found: "keyless, with the token in SIGSTORE_ID_TOKEN" },
  github: { state: "ok", found: "keyless, with GitHub's OIDC token" },
  "github without OIDC": {
    state: "missing",
    found: "GitHub Actions without OIDC",
    advice: `${GITHUB_OIDC.join(" and ")} are not set; give the job "permissions: id-token: write".`,
  },
  "development authority": { state: "ok", found: "the development authority (no OIDC token in the environment)" },
};

function checkSigning(terminal: Terminal): Check {
  return { name: "signing identity", required: false, ...SIGNING_MODES[signingMode(terminal)] };
}
