import { hexOf, MEDIA_TYPES, rawDigest } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { Validators } from "./conditional.ts";
import { formatHttpDate } from "./http-date.ts";

/** Everything the answers about one pack need, computed once. Names and values alternate, as node:http takes them. */
export interface PackHeaders {
  readonly validators: Validators;
  readonly pack: string[];
  readonly notModified: string[];
  readonly attestation: string[] | undefined;
}

export interface PackFacts {
  readonly digest: Digest;
  readonly size: number;
  readonly modifiedMs: number;
  /** Size in bytes of the bundle, when there is one for this digest. */
  readonly bundleSize: number | undefined;
  /** `X-Cosign-Bundle`. */
  readonly inlineBundle: string | undefined;
}

/** `Digest` is in hex for those who compare it with `sha256sum`; `Repr-Digest` (RFC 9530) says the same in base64. */
export function toPackHeaders(facts: PackFacts): PackHeaders {
  const { digest, size, bundleSize, inlineBundle } = facts;
  const etag = `W/"sha-256:${hexOf(digest)}"`;
  const lastModified = formatHttpDate(facts.modifiedMs);
  const notModified = ["ETag", etag, "Last-Modified", lastModified, "Cache-Control", "public, max-age=60, immutable"];
  const pack = [
    ...["Content-Type", MEDIA_TYPES.packTar, "Content-Length", String(size)],
    ...notModified,
    ...["Digest", `sha-256=${hexOf(digest)}`],
    ...["Repr-Digest", `sha-256=:${Buffer.from(rawDigest(digest)).toString("base64")}:`],
  ];
  if (inlineBundle !== undefined) pack.push("X-Cosign-Bundle", inlineBundle);
  return {
    validators: { etag, lastModified, lastModifiedMs: Date.parse(lastModified) },
    pack,
    notModified,
    attestation: bundleSize === undefined ? undefined : toAttestationHeaders(etag, bundleSize),
  };
}

function toAttestationHeaders(etag: string, size: number): string[] {
  return [
    ...["Content-Type", MEDIA_TYPES.sigstoreBundle, "Content-Length", String(size)],
    ...["ETag", etag, "Cache-Control", "public, max-age=300"],
  ];
}
