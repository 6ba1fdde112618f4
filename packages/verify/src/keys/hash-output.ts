import { bytes, object, oneOf } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import type { HashName } from "./signature.ts";

/** A digest and the hash that made it. */
export interface HashOutput {
  readonly hash: HashName;
  readonly value: Buffer;
}

/** Bytes of each hash's digests. */
export const HASH_SIZES = { sha256: 32, sha384: 48, sha512: 64 } as const satisfies Record<HashName, number>;
const PROTO_HASHES = { SHA2_256: "sha256", SHA2_384: "sha384", SHA2_512: "sha512" } as const;

/** `HashOutput` of sigstore_common.proto; the digest is as long as its hash makes them. */
export const hashOutput: Field<HashOutput> = (value) => {
  const { algorithm, digest } = object({ algorithm: oneOf("SHA2_256", "SHA2_384", "SHA2_512"), digest: bytes })(value);
  const hash = PROTO_HASHES[algorithm];
  if (digest.length !== HASH_SIZES[hash]) malformed(`has a ${algorithm} digest that is not ${HASH_SIZES[hash]} bytes`);
  return { hash, value: digest };
};
