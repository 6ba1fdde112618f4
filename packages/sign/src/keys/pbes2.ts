import { SIGN_LIMITS } from "../limits.ts";
import { unreadableKey } from "./key-error.ts";

const [INTEGER, SEQUENCE] = [0x02, 0x30];
/** 1.3.6.1.4.1.11591.4.11, without its length, which BER can spell in several ways. */
const SCRYPT = Buffer.from("2b06010401da47040b", "hex");

/**
 * Refuses an encrypted PKCS #8 key whose key derivation would hold the process: its iterations, or scrypt's numbers, are
 * the file's to choose, and OpenSSL takes any. Everything else about the file is OpenSSL's to judge.
 * Source: RFC 5958, 3; RFC 8018, A.2 and A.4 (PBES2); RFC 7914, 7.
 * @throws ConfigError KEY_INVALID
 */
export function checkPbes2(der: Uint8Array): void {
  const [algorithm] = readSequence(readElement(der, 0).content);
  const cost = algorithm === undefined ? [] : integersIn(algorithm.content, 0);
  const isScrypt = algorithm !== undefined && Buffer.from(algorithm.content).includes(SCRYPT);
  // N, r and p come first, and what they cost is their product.
  const work = isScrypt ? cost.slice(0, 3).reduce((product, bytes) => product * numberOf(bytes), 1) : 0;
  if (work > SIGN_LIMITS.maxScryptWork) throw unreadableKey("asks for more work of scrypt than any key of cosign's");
  if (cost.some((bytes) => numberOf(bytes) > SIGN_LIMITS.maxKeyIterations)) {
    throw unreadableKey(
      `asks for more than ${SIGN_LIMITS.maxKeyIterations} rounds to derive its key from the password`,
    );
  }
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly end: number;
}

/** Every INTEGER in the nested sequences. */
function integersIn(content: Uint8Array, depth: number): Uint8Array[] {
  if (depth > 8) throw unreadableKey("is damaged");
  return readSequence(content).flatMap((element) => {
    if (element.tag === INTEGER) return [element.content];
    return element.tag === SEQUENCE ? integersIn(element.content, depth + 1) : [];
  });
}

function readSequence(content: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let position = 0; position < content.length; position = elements.at(-1)?.end ?? content.length) {
    elements.push(readElement(content, position));
  }
  return elements;
}

/** X.690, 8.1: one-byte tags, definite lengths of up to four bytes. */
function readElement(bytes: Uint8Array, start: number): Element {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [tag, first] = [view[start], view[start + 1]];
  if (tag === undefined || first === undefined) throw unreadableKey("is damaged");
  const count = first < 0x80 ? 0 : first - 0x80;
  const from = start + 2 + count;
  if (count > 4 || from > view.length) throw unreadableKey("is damaged");
  const length = count === 0 ? first : view.readUIntBE(start + 2, count);
  if (first === 0x80 || from + length > view.length) throw unreadableKey("is damaged");
  return { tag, content: view.subarray(from, from + length), end: from + length };
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
