/** How the name in a certificate is compared: whole, or by a pattern that must match all of it. */
type IdentityName = { readonly certificateIdentity: string } | { readonly certificateIdentityRegexp: string };
type IdentityIssuer = { readonly certificateOidcIssuer: string } | { readonly certificateOidcIssuerRegexp: string };

/**
 * What GitHub vouched for when it issued a workflow's token, as Fulcio copies it into certificate extensions
 * (1.3.6.1.4.1.57264.1.4 and .9 to .23). Each claim that is named must be there and be equal, whole.
 */
export interface GitHubClaims {
  /** `owner/name`, on github.com, or the whole URI of a repository elsewhere. */
  readonly repository?: string;
  /** The workflow file that was started: `.github/workflows/release.yml`. */
  readonly workflow?: string;
  /** The workflow's title (`name:` in its file); anyone who may change the file can choose it. */
  readonly workflowName?: string;
  /** The workflow that signed, with its ref; another one than `workflow` when that calls a reusable workflow. */
  readonly buildSigner?: string;
  /** `refs/heads/main`, `refs/tags/v1`. */
  readonly ref?: string;
  /** The commit's hash in hex. */
  readonly sha?: string;
  /** What started the workflow: `push`, `release`, `workflow_dispatch`. */
  readonly event?: string;
  /** Numbers that stay when a repository or its owner is renamed, and are not given to the next one of that name. */
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** The deployment environment whose rules guarded the job. */
  readonly environment?: string;
  /** `github-hosted` or `self-hosted`. */
  readonly runnerEnvironment?: string;
  /** `public`, `private` or `internal`, when it was signed. */
  readonly visibility?: string;
}

interface RuleFrame {
  /** One name is one signer, whatever keys and identities it signs with. Needed when more than one must sign. */
  readonly name?: string;
  /** Which of the policy's trusted roots vouches for this signer; needed when there are several. */
  readonly trustedRoot?: string;
  /** RFC 3339, UTC, both inclusive: every proven signing time must lie inside, and there must be one. */
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** An identity with the issuer that vouches for it; `github` narrows it by claims. */
export type IdentityRule = RuleFrame & IdentityName & IdentityIssuer & { readonly github?: GitHubClaims };

/** A workflow by its claims alone, whatever its identity is. */
export type GitHubRule = RuleFrame & {
  readonly github: GitHubClaims;
  /** Default https://token.actions.githubusercontent.com. */
  readonly certificateOidcIssuer?: string;
};

/** The holder of a public key, in PEM. */
export type KeyRule = RuleFrame & { readonly publicKey: string };

/** One who may sign. */
export type SignerRule = IdentityRule | GitHubRule | KeyRule;
