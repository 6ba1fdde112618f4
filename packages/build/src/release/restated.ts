import {
  canonicalEntries,
  digestOf,
  encodeOpaManifest,
  encodeTar,
  PACK_FILES,
  parseOpaManifest,
  readPackUnsafe,
} from "@policy-pack/pack";
import type { Digest, PackContract } from "@policy-pack/pack";

/**
 * The digest that the same content has under another revision: only `opa/.manifest` tells of that.
 * @throws FormatError for a tar that is no pack
 */
export function digestUnder(
  tar: Uint8Array,
  { revision, previousDigest }: Pick<PackContract, "revision" | "previousDigest">,
): Digest {
  const files = [...readPackUnsafe(tar).files].map(([path, bytes]) => {
    if (path !== PACK_FILES.opaManifest) return { path, bytes };
    const manifest = parseOpaManifest(bytes);
    const metadata = { ...manifest.metadata, previousDigest };
    return { path, bytes: encodeOpaManifest({ ...manifest, revision: String(revision), metadata }) };
  });
  return digestOf(encodeTar(canonicalEntries(files)));
}
