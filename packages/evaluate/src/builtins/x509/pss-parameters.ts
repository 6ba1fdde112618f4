import { BuiltinError } from "../builtin.ts";
import { NULL_PARAMETERS, readAlgorithm } from "./algorithm-identifier.ts";
import type { AlgorithmIdentifier } from "./algorithm-identifier.ts";
import { Asn1Reader, UNIVERSAL } from "./go-asn1.ts";

type PssHash = "sha256" | "sha384" | "sha512";

/** With a salt as long as the digest, as everybody uses them. */
const HASHES: Readonly<Record<string, readonly [hash: PssHash, saltLength: bigint]>> = {
  "2.16.840.1.101.3.4.2.1": ["sha256", 32n],
  "2.16.840.1.101.3.4.2.2": ["sha384", 48n],
  "2.16.840.1.101.3.4.2.3": ["sha512", 64n],
};
const MGF1 = "1.2.840.113549.1.1.8";
const SEQUENCE = { constructed: true };

/**
 * The digest of RSASSA-PSS when all of its parameters are those in common use, one digest for both uses among them.
 *
 * @see RFC 4055, section 3.1
 */
export function parsePssParameters(parameters: Buffer): PssHash | undefined {
  try {
    return readParameters(new Asn1Reader(parameters).enter());
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}

function readParameters(fields: Asn1Reader): PssHash | undefined {
  const hash = fields.readExplicit(0, UNIVERSAL.sequence, readSequence, SEQUENCE);
  const mask = fields.readExplicit(1, UNIVERSAL.sequence, readSequence, SEQUENCE);
  const saltLength = fields.readExplicit(2, UNIVERSAL.integer, (reader) => reader.readInt64());
  if (hash === undefined || mask === undefined || saltLength === undefined) return undefined;
  const trailer = fields.readExplicit(3, UNIVERSAL.integer, (reader) => reader.readInt64()) ?? 1n;
  const maskHash = readSequence(new Asn1Reader(mask.parameters));
  if (mask.oid !== MGF1 || maskHash.oid !== hash.oid || trailer !== 1n) return undefined;
  if (!isBare(hash) || !isBare(maskHash)) return undefined;
  const [name, usualSalt] = HASHES[hash.oid] ?? [];
  return saltLength === usualSalt ? name : undefined;
}

function readSequence(reader: Asn1Reader): AlgorithmIdentifier {
  return readAlgorithm(reader.enter());
}

function isBare({ parameters }: AlgorithmIdentifier): boolean {
  return parameters.length === 0 || parameters.equals(NULL_PARAMETERS);
}
