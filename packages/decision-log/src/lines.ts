import { FormatError } from "@policy-pack/pack";

/** Pieces of a file in their order, as `createReadStream` gives them, or its text whole. */
export type LineSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | string;

export interface Line {
  /** Without the line feed. */
  readonly bytes: Buffer;
  /** From 1 on. */
  readonly number: number;
  /** False for the last one when no line feed ends it. */
  readonly isWhole: boolean;
}

const LINE_FEED = 0x0a;

/**
 * Cuts pieces into lines, holding no more than one of them.
 *
 * @throws FormatError LIMIT_EXCEEDED
 */
export async function* readLines(source: LineSource, maxBytes: number, name: string): AsyncGenerator<Line> {
  let [number, held, parts]: [number, number, Buffer[]] = [1, 0, []];
  const hold = (piece: Buffer): void => {
    held += piece.length;
    if (held > maxBytes) {
      throw new FormatError(
        "LIMIT_EXCEEDED",
        `${name}:${number} has more than ${maxBytes} bytes; no record is so long.`,
      );
    }
    parts.push(piece);
  };
  for await (const chunk of typeof source === "string" ? [Buffer.from(source)] : source) {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      hold(piece.subarray(start, end));
      yield { bytes: Buffer.concat(parts), number, isWhole: true };
      [number, held, parts, start] = [number + 1, 0, [], end + 1];
    }
    if (start < piece.length) hold(Buffer.from(piece.subarray(start)));
  }
  if (held > 0) yield { bytes: Buffer.concat(parts), number, isWhole: false };
}
