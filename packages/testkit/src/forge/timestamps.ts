import { createHash, sign } from "node:crypto";
import { der, explicit, integer, nothing, octets, oid, sequence, set, time } from "./asn1.ts";
import { ECDSA_SHA256 } from "./certificates.ts";
import type { KeyPair } from "./certificates.ts";

const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), nothing());
const TST_INFO = "1.2.840.113549.1.9.16.1.4";

export interface TokenSpec {
  readonly key: KeyPair;
  readonly certificate: Buffer;
  readonly issuer: Buffer;
  readonly serial: number;
  readonly signature: Uint8Array;
  readonly timeMs: number;
  /** Appended to the seconds, such as ".5". */
  readonly fraction?: string;
  readonly status?: number;
  readonly imprint?: Buffer;
  /** What the attributes say of the content; default its digest. */
  readonly messageDigest?: Buffer;
  readonly contentType?: string;
  readonly certificateHash?: Buffer;
  readonly embedded?: readonly Buffer[];
  readonly unsignedAttributes?: boolean;
  readonly withoutCertificateHash?: boolean;
  readonly extensions?: boolean;
  readonly infoVersion?: number;
  readonly signerVersion?: number;
  readonly signatureAlgorithm?: Buffer;
  readonly listedAlgorithm?: Buffer;
  /** The hash of the imprint and of the signer; default SHA-256. */
  readonly imprintAlgorithm?: Buffer;
  readonly digestAlgorithm?: Buffer;
  /** What stands between the time and the extensions: accuracy, ordering, nonce, name. */
  readonly afterTime?: readonly Buffer[];
  /** The attribute that names the certificate; default ESSCertIDv2 with SHA-256. */
  readonly certificateAttribute?: Buffer;
  /** How often the signer's information stands in the token. */
  readonly signers?: number;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
export const attribute = (id: string, value: Uint8Array): Buffer => sequence(oid(id), set(value));

/** A TimeStampResp (RFC 3161) as the spec wants it, good unless it says otherwise. */
export function timestampResponse(spec: TokenSpec): Buffer {
  const info = sequence(
    integer(spec.infoVersion ?? 1),
    oid("1.2.3.4"),
    sequence(spec.imprintAlgorithm ?? SHA256, octets(spec.imprint ?? sha256(spec.signature))),
    integer(7),
    time(spec.timeMs, spec.fraction),
    ...(spec.afterTime ?? []),
    ...(spec.extensions === true ? [explicit(1, sequence(oid("1.2.3")))] : []),
  );
  const attributes = Buffer.concat([
    attribute("1.2.840.113549.1.9.3", oid(spec.contentType ?? TST_INFO)),
    attribute("1.2.840.113549.1.9.4", octets(spec.messageDigest ?? sha256(info))),
    ...(spec.withoutCertificateHash === true ? [] : [certificateAttribute(spec)]),
  ]);
  const signerInfo = sequence(
    integer(spec.signerVersion ?? 1),
    sequence(spec.issuer, integer(spec.serial)),
    spec.digestAlgorithm ?? SHA256,
    der(0xa0, attributes),
    spec.signatureAlgorithm ?? sequence(oid(ECDSA_SHA256)),
    octets(sign("sha256", set(attributes), spec.key.privateKey)),
    ...(spec.unsignedAttributes === true ? [der(0xa1, attribute("1.2.3", nothing()))] : []),
  );
  const signedData = sequence(
    integer(3),
    set(spec.listedAlgorithm ?? SHA256),
    sequence(oid(TST_INFO), explicit(0, octets(info))),
    ...(spec.embedded === undefined ? [] : [der(0xa0, ...spec.embedded)]),
    set(...Array<Buffer>(spec.signers ?? 1).fill(signerInfo)),
  );
  return sequence(sequence(integer(spec.status ?? 0)), sequence(oid("1.2.840.113549.1.7.2"), explicit(0, signedData)));
}

function certificateAttribute(spec: TokenSpec): Buffer {
  if (spec.certificateAttribute !== undefined) return spec.certificateAttribute;
  const hash = octets(spec.certificateHash ?? sha256(spec.certificate));
  return attribute("1.2.840.113549.1.9.16.2.47", sequence(sequence(sequence(hash))));
}
