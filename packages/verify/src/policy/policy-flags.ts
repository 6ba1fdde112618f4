import { ConfigError } from "@policy-pack/pack";
import { MalformedError } from "../encoding/malformed.ts";
import { withoutUndefined } from "./signer-fields.ts";
import type { GitHubClaims } from "./signer-rule.ts";
import { parseVerificationPolicy } from "./verification-policy.ts";
import type { VerificationPolicy } from "./verification-policy.ts";

/** cosign's flags about who may have signed. */
export interface SignerFlags {
  readonly certificateIdentity?: string | undefined;
  readonly certificateIdentityRegexp?: string | undefined;
  readonly certificateOidcIssuer?: string | undefined;
  readonly certificateOidcIssuerRegexp?: string | undefined;
  /** --certificate-github-workflow-repository, -ref, -name, -trigger and -sha. */
  readonly githubWorkflowRepository?: string | undefined;
  readonly githubWorkflowRef?: string | undefined;
  readonly githubWorkflowName?: string | undefined;
  readonly githubWorkflowTrigger?: string | undefined;
  readonly githubWorkflowSha?: string | undefined;
  /** PEM text of a public key. */
  readonly key?: string | undefined;
  /** Whether a signed statement about the artifact counts as a signature of it; default true, as in cosign. */
  readonly acceptStatements?: boolean | undefined;
}

/**
 * The policy that cosign's flags mean: an identity with its issuer, each whole or as an anchored pattern and narrowed by a
 * workflow's claims; or a key.
 * @throws ConfigError CONFIG_INVALID when neither, both or half of an identity is given
 */
export function toVerificationPolicy(flags: SignerFlags): VerificationPolicy {
  const { key, acceptStatements = true } = flags;
  const identity = [flags.certificateIdentity, flags.certificateIdentityRegexp];
  const issuer = [flags.certificateOidcIssuer, flags.certificateOidcIssuerRegexp];
  const github = toClaims(flags);
  const counts = [identity, issuer].map((pair) => pair.filter((flag) => flag !== undefined).length);
  const isOneSigner = counts.every((count) => count === (key === undefined ? 1 : 0));
  if (!isOneSigner || (key !== undefined && github !== undefined)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the one who may have signed: --certificate-identity[-regexp] with --certificate-oidc-issuer[-regexp], or --key alone.",
    );
  }
  const rule = withoutUndefined({
    certificateIdentity: flags.certificateIdentity,
    certificateIdentityRegexp: flags.certificateIdentityRegexp,
    certificateOidcIssuer: flags.certificateOidcIssuer,
    certificateOidcIssuerRegexp: flags.certificateOidcIssuerRegexp,
    github,
    publicKey: key,
  });
  return namingFlag(() => parseVerificationPolicy({ signers: [rule], acceptStatements }));
}

/** By the field of the signer's rule that it becomes. */
const FLAGS: Readonly<Record<string, string>> = {
  certificateIdentity: "--certificate-identity",
  certificateIdentityRegexp: "--certificate-identity-regexp",
  certificateOidcIssuer: "--certificate-oidc-issuer",
  certificateOidcIssuerRegexp: "--certificate-oidc-issuer-regexp",
  "github.repository": "--certificate-github-workflow-repository",
  "github.ref": "--certificate-github-workflow-ref",
  "github.workflowName": "--certificate-github-workflow-name",
  "github.event": "--certificate-github-workflow-trigger",
  "github.sha": "--certificate-github-workflow-sha",
  publicKey: "--key",
};

/** Who gave flags has no policy whose fields could be told. */
function namingFlag<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const cause = thrown instanceof ConfigError ? thrown.cause : undefined;
    if (!(cause instanceof MalformedError)) throw thrown;
    const [, , ...field] = cause.path;
    const flag = FLAGS[field.join(".")];
    if (flag === undefined) throw thrown;
    const reason = cause.message.replace(`.${cause.path.join(".")} `, "").replace(/\.$/, "");
    throw new ConfigError("CONFIG_INVALID", `${flag} cannot be used: it ${reason}.`, { cause });
  }
}

function toClaims(flags: SignerFlags): GitHubClaims | undefined {
  const claims = withoutUndefined({
    repository: flags.githubWorkflowRepository,
    ref: flags.githubWorkflowRef,
    workflowName: flags.githubWorkflowName,
    event: flags.githubWorkflowTrigger,
    sha: flags.githubWorkflowSha,
  });
  return Object.keys(claims).length === 0 ? undefined : claims;
}
