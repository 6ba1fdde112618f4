import type { RegoValue } from "../../values/values.ts";
import type { RegoObject } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { NO_NAMES, parseAlternativeNames, printAlternativeNames } from "./alternative-names.ts";
import { readAlgorithm } from "./algorithm-identifier.ts";
import { printExtension } from "./certificate-json.ts";
import { rightAlign } from "./der.ts";
import type { Extension } from "./extensions.ts";
import { Asn1Reader, UNIVERSAL } from "./go-asn1.ts";
import type { Asn1Element } from "./go-asn1.ts";
import { readAnyValue } from "./go-any.ts";
import { bytesOf, listOf, oidNumbers, structOf } from "./json-value.ts";
import { printName } from "./name.ts";
import type { NameAttribute } from "./name.ts";
import { keyAlgorithmNumber, parsePublicKey, printPublicKey, readPublicKeyInfo } from "./public-key.ts";
import { signatureAlgorithmOf } from "./signature-algorithm.ts";

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const CONSTRUCTED = { constructed: true };

/**
 * A certificate signing request as Go prints it. Its signature is not verified.
 *
 * @throws BuiltinError for what Go does not parse
 * @see RFC 2986, section 4
 */
export function printRequest(der: Buffer): RegoObject {
  const outer = new Asn1Reader(der);
  const request = outer.readSequence();
  if (!outer.isEmpty) throw new BuiltinError("asn1: syntax error: trailing data");
  const fields = new Asn1Reader(request.content);
  const info = fields.readSequence();
  const tbs = new Asn1Reader(info.content);
  const version = tbs.readInt64();
  const subject = tbs.readAny();
  const keyInfo = tbs.readSequence();
  const { algorithm, data } = readPublicKeyInfo(new Asn1Reader(keyInfo.content));
  const attributes = readRawAttributes(tbs);
  const signatureAlgorithm = signatureAlgorithmOf(readAlgorithm(fields.enter()));
  const signature = rightAlign(fields.readBitString());
  const keyAlgorithm = keyAlgorithmNumber(algorithm.oid);
  const extensions = requestedExtensions(attributes);
  const names = extensions.find(({ oid }) => oid === SUBJECT_ALTERNATIVE_NAME);
  return structOf({
    Raw: bytesOf(request.full),
    RawTBSCertificateRequest: bytesOf(info.full),
    RawSubjectPublicKeyInfo: bytesOf(keyInfo.full),
    RawSubject: bytesOf(subject.full),
    Version: version,
    Signature: bytesOf(signature),
    SignatureAlgorithm: signatureAlgorithm.number,
    PublicKeyAlgorithm: keyAlgorithm,
    PublicKey: printPublicKey(keyAlgorithm === 0n ? undefined : parsePublicKey(algorithm, data)),
    Subject: printName(readSubject(subject.full)),
    Attributes: listOf(attributes.flatMap(printAttribute), (attribute) => attribute),
    Extensions: listOf(extensions, printExtension),
    ExtraExtensions: null,
    ...printAlternativeNames(names === undefined ? NO_NAMES : parseAlternativeNames(names.value)),
  });
}

/** The values inside of `[0]`. */
function readRawAttributes(tbs: Asn1Reader): Asn1Element[] {
  const list = tbs.readAny();
  if (!list.isContext || list.tag !== 0 || !list.isConstructed) throw new BuiltinError("asn1: tags don't match");
  return new Asn1Reader(list.content).readAll((reader) => reader.readAny());
}

function readSubject(der: Buffer): readonly NameAttribute[] {
  const reader = new Asn1Reader(der);
  const sets = reader.enter().readAll((sequence) => readTyped(sequence.read(UNIVERSAL.set, CONSTRUCTED)));
  if (!reader.isEmpty) throw new BuiltinError("x509: trailing data after X.509 Subject");
  return sets.flat();
}

/** The members of a set or sequence: pairs of an identifier and a value of any type. */
function readTyped({ content }: Asn1Element): NameAttribute[] {
  return new Asn1Reader(content).readAll((reader) => {
    const pair = reader.enter();
    return { oid: pair.readOid(), value: readAnyValue(pair) };
  });
}

/** Attributes of another make, such as a challenge password, are left out. */
function printAttribute({ full }: Asn1Element): RegoValue[] {
  return orNothing(() => {
    const fields = new Asn1Reader(full).enter();
    const oid = fields.readOid();
    const sets = new Asn1Reader(fields.read(UNIVERSAL.set, CONSTRUCTED).content);
    const values = sets.readAll((reader) => readTyped(reader.readSequence()).map(printTyped));
    return [structOf({ Type: oidNumbers(oid), Value: values })];
  });
}

function printTyped({ oid, value }: NameAttribute): RegoValue {
  return structOf({ Type: oidNumbers(oid), Value: value });
}

function requestedExtensions(attributes: readonly Asn1Element[]): Extension[] {
  const lists = attributes.flatMap(({ full }) => orNothing(() => extensionLists(full)));
  const extensions = lists.flatMap((list) => new Asn1Reader(list).enter().readAll(readExtension));
  if (new Set(extensions.map(({ oid }) => oid)).size < extensions.length) {
    throw new BuiltinError("x509: certificate request contains duplicate requested extensions");
  }
  return extensions;
}

/** The first value of an attribute that requests extensions. */
function extensionLists(attribute: Buffer): Buffer[] {
  const fields = new Asn1Reader(attribute).enter();
  const oid = fields.readOid();
  const [first] = new Asn1Reader(fields.read(UNIVERSAL.set, CONSTRUCTED).content).readAll((reader) => reader.readAny());
  return first === undefined || oid !== EXTENSION_REQUEST ? [] : [first.full];
}

function readExtension(reader: Asn1Reader): Extension {
  const fields = reader.enter();
  const oid = fields.readOid();
  const critical = fields.readOptional(UNIVERSAL.boolean, (next) => next.readBoolean()) ?? false;
  return { oid, critical, value: fields.readOctets() };
}

function orNothing<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return [];
    throw thrown;
  }
}
