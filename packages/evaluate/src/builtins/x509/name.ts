import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { parseAsn1Text } from "./asn1-text.ts";
import { DerReader, TAG } from "./der.ts";
import { listOf, oidNumbers, structOf } from "./json-value.ts";

export interface NameAttribute {
  readonly oid: string;
  /** Texts in a certificate; requests may have other values. */
  readonly value: RegoValue;
}

/** The fields that Go sorts the attributes of X.520 into; the last of several common names or serial numbers counts. */
const LISTS: Readonly<Record<string, string>> = {
  Country: "2.5.4.6",
  Locality: "2.5.4.7",
  Organization: "2.5.4.10",
  OrganizationalUnit: "2.5.4.11",
  PostalCode: "2.5.4.17",
  Province: "2.5.4.8",
  StreetAddress: "2.5.4.9",
};
const COMMON_NAME = "2.5.4.3";
const SERIAL_NUMBER = "2.5.4.5";

/**
 * The attributes of a distinguished name, in order, without the sets that they stand in.
 *
 * @see RFC 5280, section 4.1.2.4
 */
export function parseName(raw: Buffer): readonly NameAttribute[] {
  const attributes: NameAttribute[] = [];
  const sequence = new DerReader(raw, "RDNSequence").enter(TAG.sequence);
  while (!sequence.isEmpty) {
    const set = sequence.enter(TAG.set);
    while (!set.isEmpty) attributes.push(readAttribute(set.enter(TAG.sequence)));
  }
  return attributes;
}

function readAttribute(reader: DerReader): NameAttribute {
  const oid = reader.readOid();
  const { tag, content } = reader.readAny();
  const value = parseAsn1Text(tag, content);
  if (value === undefined) throw new BuiltinError("x509: invalid RDNSequence: invalid attribute value");
  return { oid, value };
}

/** A name as Go prints its `pkix.Name`. */
export function printName(attributes: readonly NameAttribute[]): RegoValue {
  const texts = (oid: string): RegoValue[] =>
    attributes.flatMap((attribute) =>
      attribute.oid === oid && typeof attribute.value === "string" ? [attribute.value] : [],
    );
  const lists = Object.entries(LISTS).map(([field, oid]) => [field, listOf(texts(oid), (text) => text)] as const);
  return structOf({
    ...Object.fromEntries(lists),
    CommonName: texts(COMMON_NAME).at(-1) ?? "",
    SerialNumber: texts(SERIAL_NUMBER).at(-1) ?? "",
    Names: listOf(attributes, ({ oid, value }) => structOf({ Type: oidNumbers(oid), Value: value })),
    ExtraNames: null,
  });
}
