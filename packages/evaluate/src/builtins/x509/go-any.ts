import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { parseAsn1Text } from "./asn1-text.ts";
import { bitStringOf, integerOf, oidOf } from "./der.ts";
import type { Asn1Reader } from "./go-asn1.ts";
import { parseGeneralizedTime, parseUtcTime, printTime } from "./go-time.ts";
import { bytesOf, oidNumbers, structOf } from "./json-value.ts";

type Print = (content: Buffer) => RegoValue | undefined;

const text =
  (tag: number): Print =>
  (content) =>
    parseAsn1Text(tag, content);

/** By the numbers of universal types; undefined is a value that is malformed. */
const PRINTERS: Readonly<Record<number, Print>> = {
  1: printBoolean,
  2: printInteger,
  3: printBits,
  4: bytesOf,
  6: printOid,
  12: text(12),
  18: text(18),
  19: text(19),
  20: text(20),
  22: text(22),
  23: printUtcTime,
  24: printGeneralizedTime,
  30: text(30),
};

/** The next value as Go prints what it reads into an `any`; null for types that it does not look into. */
export function readAnyValue(reader: Asn1Reader): RegoValue {
  const { isUniversal, isConstructed, tag, content } = reader.readAny();
  const print = isUniversal && !isConstructed ? PRINTERS[tag] : undefined;
  if (print === undefined) return null;
  const value = print(content);
  if (value === undefined) throw new BuiltinError("asn1: syntax or structure error");
  return value;
}

function printBoolean(content: Buffer): boolean | undefined {
  const [byte] = content;
  return content.length === 1 && (byte === 0 || byte === 0xff) ? byte === 0xff : undefined;
}

function printInteger(content: Buffer): bigint | undefined {
  const value = integerOf(content);
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
}

function printBits(content: Buffer): RegoValue | undefined {
  const bits = bitStringOf(content);
  return bits && structOf({ Bytes: bytesOf(bits.bytes), BitLength: BigInt(bits.bitLength) });
}

function printOid(content: Buffer): RegoValue | undefined {
  const oid = oidOf(content);
  return oid === undefined ? undefined : oidNumbers(oid);
}

function printUtcTime(content: Buffer): string | undefined {
  const time = parseUtcTime(content);
  return time && printTime(time);
}

function printGeneralizedTime(content: Buffer): string | undefined {
  const time = parseGeneralizedTime(content, { fractions: true });
  return time && printTime(time);
}
