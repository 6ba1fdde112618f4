/** What a verb may see of the outside: streams, environment and working folder are handed in, so tests can read them. */

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** How wide the terminal is; undefined for what is none. */
  readonly columns?: number | undefined;
  /** Whether its reader went away: what is written is lost. */
  readonly isClosed?: boolean | undefined;
}

export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of the arguments are resolved against it. Absolute. */
  readonly cwd: string;
  /** Asks for one line a prompt, none of them shown while it is typed; only where a person sits at a terminal. */
  readonly readSecrets?: ((prompts: readonly string[]) => Promise<readonly string[]>) | undefined;
  /** The checkout that the command itself is part of, if any, wherever `cwd` is: its `.bin/` is run from. Absolute. */
  readonly checkout?: string | undefined;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type Style = keyof typeof CODES;

/** True when the stream is a terminal that wants colours: not with a non-empty NO_COLOR, nor with TERM=dumb. */
export function hasColours(terminal: Terminal, stream: OutputStream): boolean {
  const { NO_COLOR: noColor = "", TERM: term } = terminal.env;
  return stream.isTTY === true && noColor === "" && term !== "dumb";
}

/** The text in a style, or as it is when the stream shows no colours. */
export function paint(terminal: Terminal, stream: OutputStream, style: Style, text: string): string {
  return hasColours(terminal, stream) ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/** Control characters, which could redraw a terminal or fake a line, as visible escapes; new lines and tabs stay. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    if (char === "\n" || char === "\t") return char;
    return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** JSON that a terminal does not act upon either: what `JSON.stringify` leaves as it is, as escapes of the same value. */
export function printableJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    if (char === "\n") return char;
    return char
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("");
  });
}

export interface Progress {
  /** Shows what is being done now, in place of what was shown before. */
  step(text: string): void;
  /** Takes the line away again. */
  done(): void;
}

/** One line on stderr that is rewritten in place; nothing at all when stderr is not a terminal. */
export function createProgress(terminal: Terminal): Progress {
  const { stderr } = terminal;
  if (stderr.isTTY !== true) return { step: () => undefined, done: () => undefined };
  const clear = "\r\u001b[K";
  return {
    step: (text) => void stderr.write(`${clear}${paint(terminal, stderr, "dim", printable(text))}`),
    done: () => void stderr.write(clear),
  };
}
