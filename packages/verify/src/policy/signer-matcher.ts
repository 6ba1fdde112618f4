import type { Certificate } from "../certificates/certificate.ts";
import { readWorkflowClaims } from "../certificates/workflow-claims.ts";
import type { WorkflowClaims } from "../certificates/workflow-claims.ts";
import { MalformedError } from "../encoding/malformed.ts";
import { parsePublicKey } from "../keys/public-key.ts";
import type { PublicKey } from "../keys/public-key.ts";
import type { Signer } from "../proof/signer.ts";
import type { SigningTime } from "../time/timestamps.ts";
import { isWithin } from "../time/window.ts";
import { compilePattern } from "./pattern.ts";
import type { GitHubClaims, SignerRule } from "./signer-rule.ts";

export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** A rule made ready to be asked. */
export interface SignerMatcher {
  /** How people know it: the signer's name, or else whom the rule describes. */
  readonly label: string;
  /** Where it stands in the policy: "signers[0]". */
  readonly place: string;
  readonly isNamed: boolean;
  /** The name of the one trusted root that may vouch; undefined for whichever there is. */
  readonly trustedRoot: string | undefined;
  readonly publicKey: PublicKey | undefined;
  isSigner(signer: Signer, certificate: Certificate | undefined): boolean;
  /** Whether every proven time lies in the rule's window; without a proven time only a rule without a window holds. */
  isInTime(times: readonly SigningTime[]): boolean;
}

/** @param place where the rule stands in the policy */
export function createSignerMatcher(rule: SignerRule, place: string): SignerMatcher {
  const publicKey = "publicKey" in rule ? parsePublicKey(rule.publicKey) : undefined;
  return Object.freeze({
    label: rule.name ?? describeRule(rule, publicKey),
    place,
    isNamed: rule.name !== undefined,
    trustedRoot: rule.trustedRoot,
    publicKey,
    isSigner: publicKey === undefined ? toCertificateTest(rule) : toKeyTest(publicKey),
    isInTime: toTimeTest(rule),
  });
}

function describeRule(rule: SignerRule, publicKey: PublicKey | undefined): string {
  if ("publicKey" in rule) return `the key ${publicKey?.hint ?? ""}`;
  if ("certificateIdentity" in rule) return rule.certificateIdentity;
  if ("certificateIdentityRegexp" in rule) return rule.certificateIdentityRegexp;
  const { repository, repositoryId, ownerId } = rule.github;
  return `a workflow of ${repository ?? repositoryId ?? ownerId ?? "GitHub"}`;
}

function toKeyTest(publicKey: PublicKey): SignerMatcher["isSigner"] {
  return (signer) => signer.kind === "key" && signer.keyHint === publicKey.hint;
}

/** Identity and issuer are compared together: an identity means nothing without the one who vouches for it. */
function toCertificateTest(rule: SignerRule): SignerMatcher["isSigner"] {
  if ("publicKey" in rule) return () => false;
  const isIdentity = toTextTest(
    "certificateIdentity" in rule ? rule.certificateIdentity : undefined,
    "certificateIdentityRegexp" in rule ? rule.certificateIdentityRegexp : undefined,
  );
  const isIssuer = toTextTest(
    "certificateOidcIssuer" in rule ? rule.certificateOidcIssuer : undefined,
    "certificateOidcIssuerRegexp" in rule ? rule.certificateOidcIssuerRegexp : undefined,
  );
  const { github } = rule;
  // A rule by claims alone says nothing of the identity, and means GitHub's own issuer unless it names another.
  const isRightIssuer = isIssuer ?? ((issuer: string) => issuer === GITHUB_ISSUER);
  return (signer, certificate) => {
    if (signer.kind === "key" || !isRightIssuer(signer.issuer)) return false;
    if (isIdentity?.(signer.identity) === false) return false;
    return github === undefined || (certificate !== undefined && makesClaims(certificate, github));
  };
}

function toTextTest(whole: string | undefined, pattern: string | undefined): ((text: string) => boolean) | undefined {
  if (whole !== undefined) return (text) => text === whole;
  if (pattern === undefined) return undefined;
  const compiled = compilePattern(pattern);
  return (text) => compiled.matches(text);
}

function makesClaims(certificate: Certificate, { repository, workflow, ...others }: GitHubClaims): boolean {
  const claims = readClaims(certificate);
  if (repository !== undefined && claims.repositoryUri !== toRepositoryUri(repository)) return false;
  if (workflow !== undefined && !isWorkflow(claims, workflow)) return false;
  return (Object.entries(others) as [keyof typeof others, string][]).every(([name, value]) => claims[name] === value);
}

/** Claims that cannot be read are claims that are not made. */
function readClaims(certificate: Certificate): WorkflowClaims {
  try {
    return readWorkflowClaims(certificate);
  } catch (thrown) {
    if (thrown instanceof MalformedError) return {};
    throw thrown;
  }
}

function toRepositoryUri(repository: string): string {
  return repository.startsWith("https://") ? repository : `https://github.com/${repository}`;
}

/**
 * The build configuration is `<repository>/<file>@<ref>`. A file may have an "@" in its name, so what follows the file must
 * be a whole reference, which no file in that folder can imitate.
 */
function isWorkflow({ repositoryUri, buildConfig }: WorkflowClaims, workflow: string): boolean {
  return repositoryUri !== undefined && buildConfig?.startsWith(`${repositoryUri}/${workflow}@refs/`) === true;
}

function toTimeTest({ notBefore, notAfter }: SignerRule): SignerMatcher["isInTime"] {
  if (notBefore === undefined && notAfter === undefined) return () => true;
  const start = notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(notBefore);
  const window = { start, end: notAfter === undefined ? undefined : Date.parse(notAfter) };
  return (times) => times.length > 0 && times.every(({ timeMs }) => isWithin(timeMs, window));
}
