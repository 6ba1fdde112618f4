import { VerificationError } from "@policy-pack/pack";
import { EXTENSION } from "./certificate-usage.ts";
import type { Certificate } from "./certificate.ts";
import { childrenOf, contextTag, onlyChildOf, readDer, sequenceOf, TAG } from "../encoding/der.ts";
import type { DerValue } from "../encoding/der.ts";
import { expectTag } from "../encoding/der.ts";
import { readOid, readText } from "../encoding/der-values.ts";
import { malformed, reading } from "../encoding/malformed.ts";

export type IdentityKind = "uri" | "email" | "otherName";

/** Who a certificate says its holder is, and who vouched for that. */
export interface CertificateIdentity {
  readonly identity: string;
  readonly identityKind: IdentityKind;
  readonly issuer: string;
}

/** Fulcio's otherName for user names without a domain (OID 1.3.6.1.4.1.57264.1.7). */
const USERNAME = "1.3.6.1.4.1.57264.1.7";

const EMAIL_TAG = contextTag(1, "primitive");
const URI_TAG = contextTag(6, "primitive");
const OTHER_NAME_TAG = contextTag(0, "constructed");

/**
 * Reads the one subject alternative name and the OIDC issuer of a Fulcio certificate. Several names are refused: which of
 * them signed would be the reader's choice.
 * @throws VerificationError CERTIFICATE_INVALID
 */
export function readIdentity(certificate: Certificate): CertificateIdentity {
  return reading(
    () => ({ ...readName(certificate), issuer: readIssuer(certificate) }),
    (reason, cause) =>
      new VerificationError("CERTIFICATE_INVALID", `The signing certificate ${reason}; it names no usable signer.`, {
        cause,
      }),
  );
}

function readName(certificate: Certificate): { identity: string; identityKind: IdentityKind } {
  const extension = certificate.extensions.get(EXTENSION.subjectAlternativeName);
  const [name, ...more] = extension === undefined ? [] : sequenceOf(readDer(extension.value));
  if (name === undefined || more.length > 0) return malformed("does not have exactly one subject alternative name");
  switch (name.tag) {
    case EMAIL_TAG:
      return { identity: readAscii(name), identityKind: "email" };
    case URI_TAG:
      return { identity: readAscii(name), identityKind: "uri" };
    case OTHER_NAME_TAG:
      return { identity: readUserName(name), identityKind: "otherName" };
    default:
      return malformed("has a subject alternative name that is no URI, e-mail address or user name");
  }
}

function readAscii(name: DerValue): string {
  const identity = readText(name, name.tag);
  return identity === "" ? malformed("has an empty subject alternative name") : identity;
}

/** OtherName ::= SEQUENCE { type-id, value [0] EXPLICIT } under an implicit tag (RFC 5280, 4.2.1.6). */
function readUserName(name: DerValue): string {
  const [type, value, ...more] = childrenOf(name);
  if (readOid(type) !== USERNAME || more.length > 0) malformed("has an other name of an unknown type");
  const identity = readText(onlyChildOf(expectTag(value, contextTag(0, "constructed"))), TAG.utf8String);
  return identity === "" ? malformed("has an empty subject alternative name") : identity;
}

/** Fulcio writes the issuer twice: raw (1.1, deprecated) and as UTF8String (1.8). Two answers are none. */
function readIssuer(certificate: Certificate): string {
  const current = certificate.extensions.get(EXTENSION.issuerV2);
  const old = certificate.extensions.get(EXTENSION.issuerV1);
  const issuers = [
    ...(current === undefined ? [] : [readText(readDer(current.value), TAG.utf8String)]),
    ...(old === undefined ? [] : [old.value.toString("utf8")]),
  ];
  const [issuer] = issuers;
  if (issuer === undefined || issuer === "") return malformed("does not name an OIDC issuer");
  return issuers.every((other) => other === issuer) ? issuer : malformed("names two OIDC issuers");
}
