import { BuiltinError } from "../builtin.ts";
import { decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";

export interface PemBlock {
  readonly type: string;
  readonly bytes: Buffer;
}

const BEGIN = "-----BEGIN ";
const END = "\n-----END ";
const DASHES = "-----";

/** Reads the PEM blocks of a text one by one, as Go's encoding/pem finds them: what is no block is passed over. */
export class PemReader {
  /** Octets as characters. */
  #rest: string;

  constructor(text: string | Buffer) {
    this.#rest = (typeof text === "string" ? Buffer.from(text, "utf8") : text).toString("latin1");
  }

  /** Whether nothing stands behind the blocks that were read. */
  get isEmpty(): boolean {
    return this.#rest === "";
  }

  /** Undefined, and nothing read, when there is no further block. */
  next(): PemBlock | undefined {
    let [rest, position] = [this.#rest, 0];
    while (position >= 0 && position <= rest.length) {
      rest = rest.slice(position);
      const end = rest.indexOf(END);
      if (end < 0) return undefined;
      const found = parseAt(rest, end);
      if (found === "none") return undefined;
      if ("block" in found) {
        this.#rest = found.rest;
        return found.block;
      }
      [rest, position] = [found.rest, found.position];
    }
    return undefined;
  }
}

/** A block, or where to look on. */
type Found = { readonly block: PemBlock; readonly rest: string } | { readonly rest: string; readonly position: number };

/** Looks at the last beginning before the end line at `end`. */
function parseAt(text: string, end: number): Found | "none" {
  const begin = text.slice(0, end).lastIndexOf(BEGIN);
  if (begin < 0 || (begin > 0 && text.charAt(begin - 1) !== "\n")) return { rest: text, position: end + END.length };
  const typeLine = lineOf(text, begin + BEGIN.length);
  const skipped = { rest: text.slice(typeLine.next), position: end + END.length - typeLine.next };
  if (!typeLine.line.endsWith(DASHES)) return skipped;
  const type = typeLine.line.slice(0, -DASHES.length);
  const headers = skipHeaders(text, typeLine.next);
  if (headers === undefined) return "none";
  const trailerAt = end + END.length;
  const moved = { rest: text.slice(headers), position: trailerAt - headers };
  const ending = type + DASHES;
  if (headers > end && headers > typeLine.next) return moved;
  const isEnd = text.startsWith(ending, trailerAt) && lineOf(text, trailerAt + ending.length).line === "";
  const bytes = isEnd ? bodyOf(text.slice(headers, Math.max(headers, end))) : undefined;
  if (bytes === undefined) return moved;
  return {
    block: { type: Buffer.from(type, "latin1").toString("utf8"), bytes },
    rest: text.slice(lineOf(text, trailerAt - 1).next),
  };
}

/** Where the headers of RFC 1421 end; undefined at the end of the text. */
function skipHeaders(text: string, start: number): number | undefined {
  let position = start;
  while (position < text.length) {
    const { line, next } = lineOf(text, position);
    if (!line.includes(":")) return position;
    position = next;
  }
  return undefined;
}

function bodyOf(body: string): Buffer | undefined {
  try {
    return decodeBase64(body.replace(/[ \t]/g, ""), STANDARD_BASE64);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}

/** The line from a position on, without its end and the blanks before that, and where the next begins. */
function lineOf(text: string, start: number): { readonly line: string; readonly next: number } {
  const feed = text.indexOf("\n", start);
  const end = feed < 0 ? text.length : feed;
  const line = text.slice(start, feed > start && text.charAt(feed - 1) === "\r" ? feed - 1 : end);
  let length = line.length;
  while (length > 0 && " \t".includes(line.charAt(length - 1))) length--;
  return { line: line.slice(0, length), next: feed < 0 ? text.length : feed + 1 };
}
