import { messageOf } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { object, optional, text, timestamp } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed, MalformedError } from "../encoding/malformed.ts";
import { parsePublicKey } from "../keys/public-key.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { line, withoutNull } from "./exact-fields.ts";
import { compilePattern } from "./pattern.ts";

import type { GitHubClaims, SignerRule } from "./signer-rule.ts";

/** A name of a signer or a trusted root: short enough for a line of a report. */
export const ruleName: Field<string> = line(100);

/** An RFC 3339 time in UTC, kept as it is written. */
export const utcTime: Field<string> = (value) => {
  timestamp(value);
  return text(value);
};

const identity: Field<string> = line(VERIFY_LIMITS.maxIdentityLength);

const pattern: Field<string> = (value) => {
  const source = text(value);
  compilePattern(source);
  return source;
};

const pem: Field<string> = (value) => {
  const key = text(value);
  try {
    parsePublicKey(key);
  } catch (cause) {
    // With a code of its own it would pass by those who say where it stands.
    throw new MalformedError(`is no key: ${messageOf(cause)}`, { cause });
  }
  return key;
};

const commitHash: Field<string> = (value) => {
  const hash = text(value);
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) ? hash : malformed("must be a whole commit hash in hex");
};

const decimal: Field<string> = (value) => {
  const digits = text(value);
  return /^[1-9][0-9]{0,19}$/.test(digits) ? digits : malformed("must be a decimal number in a string");
};

const reference: Field<string> = (value) => {
  const ref = identity(value);
  return ref.startsWith("refs/") ? ref : malformed('must be a whole reference, such as "refs/heads/main"');
};

const repository: Field<string> = (value) => {
  const name = identity(value);
  const isKnown = /^[^/\s:]+\/[^/\s:]+$/.test(name) || /^https:\/\/[^/\s]+\/[^\s]+[^/\s]$/.test(name);
  return isKnown ? name : malformed('must be "owner/name" or a whole https URI');
};

const workflow: Field<string> = (value) => {
  const path = identity(value);
  return path.startsWith(".github/workflows/") ? path : malformed('must be a path that begins ".github/workflows/"');
};

const claims = withoutNull(
  object({
    repository: optional(repository),
    workflow: optional(workflow),
    workflowName: optional(identity),
    buildSigner: optional(identity),
    ref: optional(reference),
    sha: optional(commitHash),
    event: optional(identity),
    repositoryId: optional(decimal),
    ownerId: optional(decimal),
    environment: optional(identity),
    runnerEnvironment: optional(identity),
    visibility: optional(identity),
  }),
);

const github: Field<GitHubClaims> = (value) => {
  const given = withoutUndefined(claims(value));
  return Object.keys(given).length > 0 ? given : malformed("names no claim");
};

const ruleFields = withoutNull(
  object({
    name: optional(ruleName),
    trustedRoot: optional(ruleName),
    notBefore: optional(utcTime),
    notAfter: optional(utcTime),
    certificateIdentity: optional(identity),
    certificateIdentityRegexp: optional(pattern),
    certificateOidcIssuer: optional(identity),
    certificateOidcIssuerRegexp: optional(pattern),
    github: optional(github),
    publicKey: optional(pem),
  }),
);

/** Reads one rule; throws MalformedError for half an identity, two ways to say one thing, and patterns without anchors. */
export const signerRule: Field<SignerRule> = (value: JsonValue | undefined) => {
  const rule = withoutUndefined(ruleFields(value));
  const names = [rule.certificateIdentity, rule.certificateIdentityRegexp].filter((name) => name !== undefined);
  const issuers = [rule.certificateOidcIssuer, rule.certificateOidcIssuerRegexp].filter((it) => it !== undefined);
  if (names.length > 1 || issuers.length > 1) malformed("names an identity or issuer both whole and as a pattern");
  if (rule.publicKey !== undefined && (names.length > 0 || issuers.length > 0 || rule.github !== undefined)) {
    malformed("names both a key and an identity; they are two rules, of one name when they are one signer");
  }
  const isWorkflow = rule.github !== undefined && rule.certificateOidcIssuerRegexp === undefined;
  if (rule.publicKey === undefined && names.length === 0 && !isWorkflow) {
    malformed("needs certificateIdentity, certificateIdentityRegexp, github or publicKey");
  }
  if (names.length === 0 && rule.github !== undefined) checkNamesRepository(rule.github);
  if (names.length === 1 && issuers.length === 0) malformed("needs certificateOidcIssuer beside its identity");
  // What the checks above have left is one of the union's forms.
  return rule as SignerRule;
};

/** A title, an event or a branch alone is true of workflows all over the world. */
function checkNamesRepository({ repository: name, repositoryId, ownerId }: GitHubClaims): void {
  if (name !== undefined || repositoryId !== undefined || ownerId !== undefined) return;
  malformed("must name the repository, repositoryId or ownerId; any workflow could claim the rest");
}

type Defined<T> = { readonly [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] } & {
  readonly [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

/** Leaves out what is undefined, so that a field that is there has a value. */
export function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
