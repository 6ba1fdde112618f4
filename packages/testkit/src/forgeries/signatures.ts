import { integer, sequence } from "../forge/asn1.ts";
import { messageBundle } from "../forge/bundles.ts";
import { spkiOf } from "../forge/certificates.ts";
import { ARTIFACT, keys, pem, signBytes } from "../forge/world.ts";
import { bareKeyBundle, bentBundle, forgeryGroup } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const policy = { signers: [{ publicKey: pem("PUBLIC KEY", spkiOf(keys.signer)) }] };

/** r and s of a DER signature of P-256. */
function numbersOf(signature: Buffer): readonly [bigint, bigint] {
  const end = 4 + signature.readUInt8(3);
  const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);
  return [number(signature.subarray(4, end)), number(signature.subarray(end + 2))];
}

function toInteger(value: bigint, zeros = 0): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const sign = (bytes[0] ?? 0) >= 0x80 ? 1 : 0;
  const content = Buffer.concat([Buffer.alloc(sign + zeros), bytes]);
  return Buffer.concat([Buffer.from([2, content.length]), content]);
}

const encoded = (r: bigint, s: bigint): Buffer => sequence(toInteger(r), toInteger(s));

/** The signature in another form, in a bundle where nothing but the signature is left to decide. */
const bare =
  (bend: (signature: Buffer, r: bigint, s: bigint) => Buffer): (() => Trial) =>
  () => {
    const signature = signBytes(ARTIFACT);
    return { bundle: bareKeyBundle(bend(signature, ...numbersOf(signature))), policy };
  };

/** The same beside a log entry and a timestamp over the signature as it was. */
const logged =
  (bend: (signature: Buffer, r: bigint, s: bigint) => Buffer): (() => Trial) =>
  () => ({
    bundle: bentBundle(({ messageSignature }) => {
      if (messageSignature === undefined) return;
      const signature = Buffer.from(messageSignature.signature, "base64");
      messageSignature.signature = bend(signature, ...numbersOf(signature)).toString("base64");
    }, messageBundle()),
  });

const negated = (_signature: Buffer, r: bigint, s: bigint): Buffer => encoded(r, ORDER - s);
const longLength = (signature: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x30, 0x81, signature.length - 2]), signature.subarray(2)]);
const withIndefiniteLength = (signature: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x30, 0x80]), signature.subarray(2), Buffer.from([0, 0])]);

/** A second spelling of a signature must not pass where the first is what was logged; some are spellings at all. */
export const signatureForgeries = forgeryGroup("malleable signatures", [
  [
    "n - s in place of s",
    "accepted",
    "ECDSA knows two signatures for each; both are the key's over these bytes, and whether one of them is logged is another check",
    bare(negated),
  ],
  [
    "n - s in place of s, beside log entry and timestamp",
    "TIMESTAMP_INVALID",
    "both are over the signature as it was made",
    logged(negated),
  ],
  ["a length in the long form", "SIGNATURE_INVALID", "BER, not DER", bare(longLength)],
  ["an indefinite length", "SIGNATURE_INVALID", "BER, not DER", bare(withIndefiniteLength)],
  [
    "leading zeros in r",
    "SIGNATURE_INVALID",
    "an integer in DER is minimal",
    bare((_, r, s) => sequence(toInteger(r, 2), toInteger(s))),
  ],
  [
    "leading zeros in s",
    "SIGNATURE_INVALID",
    "an integer in DER is minimal",
    bare((_, r, s) => sequence(toInteger(r), toInteger(s, 2))),
  ],
  [
    "bytes behind the signature",
    "SIGNATURE_INVALID",
    "nothing may stand behind it",
    bare((signature) => Buffer.concat([signature, Buffer.from([0])])),
  ],
  [
    "bytes within the signature, behind s",
    "SIGNATURE_INVALID",
    "a signature is two numbers",
    bare((_, r, s) => sequence(toInteger(r), toInteger(s), integer(0))),
  ],
  [
    "a length in the long form, beside log entry and timestamp",
    "TIMESTAMP_INVALID",
    "both are over the signature as it was made",
    logged(longLength),
  ],
  [
    "r + n in place of r",
    "SIGNATURE_INVALID",
    "r lies below the order of the curve",
    bare((_, r, s) => encoded(r + ORDER, s)),
  ],
  [
    "r and s zero",
    "SIGNATURE_INVALID",
    "both lie above zero; others have accepted this for every key",
    bare(() => encoded(0n, 0n)),
  ],
  ["r zero", "SIGNATURE_INVALID", "r lies above zero", bare((_, _r, s) => encoded(0n, s))],
  ["s zero", "SIGNATURE_INVALID", "s lies above zero", bare((_, r) => encoded(r, 0n))],
  ["r and s the order of the curve", "SIGNATURE_INVALID", "both lie below it", bare(() => encoded(ORDER, ORDER))],
  ["r and s swapped", "SIGNATURE_INVALID", "they are not the same kind of number", bare((_, r, s) => encoded(s, r))],
  ["an empty sequence", "SIGNATURE_INVALID", "a signature is two numbers", bare(() => sequence())],
  ["one byte", "SIGNATURE_INVALID", "that is no signature", bare(() => Buffer.from([0]))],
  ["no byte", "BUNDLE_INVALID", "a bundle without a signature proves nothing", bare(() => Buffer.alloc(0))],
  [
    "a megabyte of zeros",
    "LIMIT_EXCEEDED",
    "the bundle has a size of its own to keep",
    bare(() => Buffer.alloc(1024 * 1024)),
  ],
  [
    "negative numbers",
    "SIGNATURE_INVALID",
    "they are not below zero",
    bare(() => sequence(Buffer.from([2, 1, 0x80]), Buffer.from([2, 1, 0x80]))),
  ],
]);
