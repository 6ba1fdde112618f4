const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where a path ends in a document: at the value's first byte, nowhere, or at something that is no object. */
export type PathEnd = number | "missing" | "blocked";

/** Follows keys from object to object in bytes that are known to be JSON. Of a key that stands twice the last counts. */
export function findValue(json: Uint8Array, path: readonly string[]): PathEnd {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  let position: number | undefined = skipSpace(bytes, 0);
  for (const key of path) {
    if (!isObjectAt(bytes, position)) return "blocked";
    position = findMember(bytes, position, Buffer.from(key));
    if (position === undefined) return "missing";
  }
  return position;
}

export function isObjectAt(json: Uint8Array, position: number): boolean {
  return json[position] === 0x7b;
}

function findMember(bytes: Buffer, object: number, key: Buffer): number | undefined {
  let found: number | undefined;
  let position = skipSpace(bytes, object + 1);
  while (bytes[position] === QUOTE) {
    const end = skipString(bytes, position);
    const value = skipSpace(bytes, skipSpace(bytes, end) + 1);
    if (isKey(bytes.subarray(position, end), key)) found = value;
    position = skipSpace(bytes, skipValue(bytes, value));
    if (bytes[position] === 0x2c) position = skipSpace(bytes, position + 1);
  }
  return found;
}

function isKey(quoted: Buffer, key: Buffer): boolean {
  if (!quoted.includes(BACKSLASH)) return quoted.length === key.length + 2 && quoted.subarray(1, -1).equals(key);
  return key.equals(Buffer.from(String(JSON.parse(quoted.toString()))));
}

function skipValue(bytes: Buffer, start: number): number {
  let depth = 0;
  let position = start;
  while (position < bytes.length) {
    const byte = bytes[position];
    if (byte === QUOTE) position = skipString(bytes, position);
    else {
      if (byte === 0x7b || byte === 0x5b) depth++;
      else if (byte === 0x7d || byte === 0x5d) depth--;
      // A number or a word ends where its list or object goes on or ends.
      if (depth < 0 || (depth === 0 && byte === 0x2c)) return position;
      position++;
    }
  }
  return position;
}

/** From the opening quote to behind the closing one. */
function skipString(bytes: Buffer, start: number): number {
  let position = start + 1;
  for (;;) {
    const byte = bytes[position];
    if (byte === undefined || byte === QUOTE) return position + 1;
    position += byte === BACKSLASH ? 2 : 1;
  }
}

function skipSpace(bytes: Buffer, start: number): number {
  let position = start;
  for (;;) {
    const byte = bytes[position];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position;
    position++;
  }
}
