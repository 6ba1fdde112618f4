import { ConfigError, messageOf } from "@policy-pack/pack";
import type { VerificationPolicy } from "@policy-pack/verify";
import type { Command } from "commander";
import { CLI_LIMITS } from "./limits.ts";
import { readInputFile } from "./read.ts";
import type { Terminal } from "./terminal.ts";
import { valueFlag } from "./verb.ts";

/** cosign's flags about who may have signed. */
export interface SignerNames {
  readonly certificateIdentity?: string;
  readonly certificateIdentityRegexp?: string;
  readonly certificateOidcIssuer?: string;
  readonly certificateOidcIssuerRegexp?: string;
  readonly certificateGithubWorkflowRepository?: string;
  readonly certificateGithubWorkflowRef?: string;
  readonly certificateGithubWorkflowName?: string;
  readonly certificateGithubWorkflowTrigger?: string;
  readonly certificateGithubWorkflowSha?: string;
  readonly key?: string;
}

const GITHUB = "--certificate-github-workflow";

export function addSignerNames(command: Command): Command {
  return command
    .addOption(valueFlag("--certificate-identity <identity>", "the certificate's name (SAN), compared whole"))
    .addOption(valueFlag("--certificate-identity-regexp <pattern>", "or a pattern of it, ^…$", anchorProblem))
    .addOption(valueFlag("--certificate-oidc-issuer <url>", "the OIDC issuer of that identity, compared whole"))
    .addOption(valueFlag("--certificate-oidc-issuer-regexp <pattern>", "or a pattern of it, ^…$", anchorProblem))
    .addOption(valueFlag(`${GITHUB}-repository <owner/name>`, "the GitHub repository whose workflow signed"))
    .addOption(valueFlag(`${GITHUB}-ref <ref>`, "the ref it ran for, such as refs/heads/main"))
    .addOption(valueFlag(`${GITHUB}-name <name>`, "the workflow's title"))
    .addOption(valueFlag(`${GITHUB}-trigger <event>`, "what started it, such as push"))
    .addOption(valueFlag(`${GITHUB}-sha <hex>`, "the commit it ran for"))
    .addOption(valueFlag("--key <file>", "a public key in PEM, in place of identity and issuer"));
}

/**
 * cosign searches for a pattern anywhere in the name, so that `main` fits `main-evil` too. Here it has to say where it
 * begins and ends; that it can be matched at all is for the policy to say.
 */
function anchorProblem(pattern: string): string | undefined {
  if (pattern.startsWith("^") && pattern.endsWith("$")) return undefined;
  return "A pattern has to fit the whole name: write it as ^…$.";
}

/** True when any of the flags was given. */
export function namesSigner(flags: SignerNames): boolean {
  return Object.values(pick(flags)).some((value) => value !== undefined);
}

/**
 * The policy that the flags mean.
 * @throws ConfigError CONFIG_INVALID
 */
export async function toSignerPolicy(terminal: Terminal, flags: SignerNames): Promise<VerificationPolicy> {
  const { toVerificationPolicy } = await import("@policy-pack/verify");
  const { key: path, ...names } = pick(flags);
  return toVerificationPolicy({ ...names, key: path === undefined ? undefined : await readKey(terminal, path) });
}

/** By the names of `SignerFlags` of @policy-pack/verify; the key is still a path. */
function pick(flags: SignerNames): Readonly<Record<string, string | undefined>> {
  return {
    certificateIdentity: flags.certificateIdentity,
    certificateIdentityRegexp: flags.certificateIdentityRegexp,
    certificateOidcIssuer: flags.certificateOidcIssuer,
    certificateOidcIssuerRegexp: flags.certificateOidcIssuerRegexp,
    githubWorkflowRepository: flags.certificateGithubWorkflowRepository,
    githubWorkflowRef: flags.certificateGithubWorkflowRef,
    githubWorkflowName: flags.certificateGithubWorkflowName,
    githubWorkflowTrigger: flags.certificateGithubWorkflowTrigger,
    githubWorkflowSha: flags.certificateGithubWorkflowSha,
    key: flags.key,
  };
}

async function readKey(terminal: Terminal, path: string): Promise<string> {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/|^pkcs11:/.test(path)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--key names no file but a URI, and nothing is fetched to verify; give the file of the public key, which the " +
        "key's service gives you.",
    );
  }
  const bytes = await readInputFile(terminal, path, { what: "The public key", maxBytes: CLI_LIMITS.maxKeyBytes });
  const pem = Buffer.from(bytes).toString("utf8");
  const { parsePublicKey } = await import("@policy-pack/verify");
  try {
    parsePublicKey(pem);
    return pem;
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", `--key ${path}: ${messageOf(cause)}`, { cause });
  }
}
