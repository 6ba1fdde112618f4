import type { Random } from "./random.ts";

/** One to three edits: bits and bytes changed, stretches removed, doubled, moved, or filled. */
export function mutateBytes(bytes: Uint8Array, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let edits = 1 + random.below(3); edits > 0 && result.length > 0; edits -= 1) result = edit(result, random);
  return result;
}

function edit(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  const end = at + 1 + random.below(random.oneIn(4) ? 400 : 12);
  const [before, stretch, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(7)) {
    case 0:
      return changed(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
    case 1:
      return changed(bytes, at, random.pick([0, 1, 0x0a, 0x20, 0x22, 0x30, 0x5c, 0x7f, 0x80, 0x84, 0xa0, 0xff]));
    case 2:
      return Buffer.concat([before, after]);
    case 3:
      return Buffer.concat([before, stretch, stretch, after]);
    case 4:
      return Buffer.concat([after, stretch, before]);
    case 5:
      return Buffer.concat([before, Buffer.alloc(stretch.length, random.below(256)), after]);
    default:
      return Buffer.from(before);
  }
}

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}
