import type { DerReader } from "./der.ts";
import type { Asn1Reader } from "./go-asn1.ts";

/** An algorithm and, as they stand there, its parameters: an empty buffer for none. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: Buffer;
}

export const NULL_PARAMETERS = Buffer.from([0x05, 0x00]);

const NONE = Buffer.alloc(0);

/** Reads the fields of an AlgorithmIdentifier. What stands behind the parameters is not looked at. */
export function readAlgorithm(fields: Asn1Reader | DerReader): AlgorithmIdentifier {
  const oid = fields.readOid();
  return { oid, parameters: fields.isEmpty ? NONE : fields.readAny().full };
}
