/** DER with lengths of two bytes. */
export const element = (tag: number, ...parts: readonly Uint8Array[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 255]), content]);
};
export const sequence = (...parts: readonly Uint8Array[]) => element(0x30, ...parts);
export const integer = (value: number) => {
  const hex = value.toString(16);
  return element(0x02, Buffer.from(`00${hex.padStart(hex.length + (hex.length % 2), "0")}`, "hex"));
};
const SCRYPT = Buffer.from("2b06010401da47040b", "hex");
/** The same that asks for so much work of scrypt: N, r, p. */
export const scryptKey = (...cost: readonly number[]) => {
  const kdf = sequence(element(0x06, SCRYPT), sequence(element(0x04, Buffer.alloc(8)), ...cost.map(integer)));
  return sequence(sequence(sequence(kdf)), element(0x04, Buffer.alloc(8)));
};
/** The shape of an EncryptedPrivateKeyInfo that asks for so many rounds. */
export const encryptedKey = (rounds: number) =>
  sequence(
    sequence(sequence(sequence(element(0x04, Buffer.alloc(8)), integer(rounds)))),
    element(0x04, Buffer.alloc(8)),
  );
