import { hexOf } from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";

/**
 * What a predicate says of a thing that took part.
 * Source: in-toto attestation framework v1, "ResourceDescriptor"; one of `uri` and `digest` must be there.
 */
export interface Resource {
  readonly name: string;
  readonly uri?: string;
  /** By algorithm: `sha256`, `dirHash`, `gitCommit`; lower-case hex. */
  readonly digest?: Readonly<Record<string, string>>;
  readonly annotations?: JsonObject;
}

/** The descriptor as JSON; what is undefined is left out. */
export function toDescriptor({ name, uri, digest, annotations }: Resource): JsonObject {
  return {
    name,
    ...(uri === undefined ? {} : { uri }),
    ...(digest === undefined ? {} : { digest }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** The digest of a file. */
export function sha256Set(digest: Digest): { readonly sha256: string } {
  return { sha256: hexOf(digest) };
}

/** The digest of a folder's listing: both what its listing hashes to and, under in-toto's name, the folder's own. */
export function listingSet(digest: Digest): { readonly sha256: string; readonly dirHash: string } {
  return { sha256: hexOf(digest), dirHash: hexOf(digest) };
}
