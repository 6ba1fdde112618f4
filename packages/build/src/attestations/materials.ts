import type { Digest, JsonObject, ReleaseFields } from "@policy-pack/pack";
import type { GitState } from "./git-state.ts";
import { listingSet, sha256Set, toDescriptor } from "./resource.ts";

/** A tool that took part, by its version and the digest of what ran. */
export interface UsedTool {
  readonly version: string;
  readonly digest: Digest;
}

/** All that a build was made from. */
export interface Materials {
  /** Over the files that were read, tests included. */
  readonly source: Digest;
  readonly git: GitState | undefined;
  readonly opa: UsedTool;
  readonly toolkit: UsedTool;
}

/** A build that gave a pack: what was asked for, what went in, and when. */
export interface BuildFacts {
  readonly packId: string;
  readonly release: ReleaseFields;
  readonly materials: Materials;
  readonly startedOn: Date;
  readonly finishedOn: Date;
}

/** The source, with what git knows of it: the commit only when the files are those of the commit. */
export function sourceDescriptor({ source, git }: Materials): JsonObject {
  const annotations = { git: git === undefined ? "none" : git.isClean ? "clean" : "dirty" };
  return toDescriptor({ name: "source", digest: listingSet(source), annotations });
}

/** The commit that the source is, when it is one; `repository` and `ref` say where it was checked out from. */
export function commitDescriptor(commit: string, repository?: string, ref?: string): JsonObject {
  const isPlaced = repository !== undefined && ref !== undefined;
  const digest = { gitCommit: commit };
  return toDescriptor({ name: "commit", digest, ...(isPlaced ? { uri: `git+${repository}@${ref}` } : {}) });
}

export function opaDescriptor({ opa }: Materials): JsonObject {
  return toDescriptor({ name: "opa", uri: opaPurl(opa.version), digest: sha256Set(opa.digest) });
}

export function toolkitDescriptor({ toolkit }: Materials): JsonObject {
  const uri = `pkg:npm/%40policy-pack/cli@${toolkit.version}`;
  return toDescriptor({ name: "policy-pack", uri, digest: listingSet(toolkit.digest) });
}

/** Source: package-url specification, type `github`. */
export function opaPurl(version: string): string {
  return `pkg:github/open-policy-agent/opa@v${version}`;
}

/** A pack's own name among packages; its revision is its version. Source: package-url specification, type `generic`. */
export function packPurl(packId: string, revision: number | string): string {
  return `pkg:generic/${packId}@${revision}`;
}

/** The versions of what built, as SLSA's `builder.version` and a verifier's `version` list them. */
export function versionsOf({ opa, toolkit }: Materials): JsonObject {
  return { opa: opa.version, "policy-pack": toolkit.version };
}
