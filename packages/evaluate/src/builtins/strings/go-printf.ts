import { emptyFlags, formatBigInteger, formatDouble, formatInteger, formatString, pad, truncate } from "./go-verbs.ts";
import type { Flags } from "./go-verbs.ts";

/** An int64 or a big.Int, a float64, a string: the only kinds that OPA's sprintf hands to Go's fmt. Templates know more. */
export type Argument = bigint | number | string | FormattedArgument;

/** A value of another type, which prints itself. */
export interface FormattedArgument {
  /** As `%T` shows it; `<nil>` for none. */
  readonly typeName: string;
  /** What it means as a width or a precision. */
  readonly integer: bigint | undefined;
  format(verb: string, flags: Flags): string;
}

/** A width of a million is Go's limit for one verb; this one is for all of them together. */
const MAX_OUTPUT_UNITS = 32 * 1024 * 1024;
const MAX_NUMBER = 1_000_000;
const NIL = "<nil>";

/**
 * Go's fmt.Sprintf.
 *
 * @throws RangeError when the text would be longer than 32 Mi characters
 * @see https://pkg.go.dev/fmt
 */
export function sprintf(format: string, args: readonly Argument[]): string {
  return new Printer(format, args).print();
}

class Printer {
  readonly #format: string;
  readonly #args: readonly Argument[];
  #position = 0;
  #argument = 0;
  #isReordered = false;
  #isIndexGood = true;
  /** The item just read was an index such as `[3]`. */
  #afterIndex = false;
  #flags: Flags = emptyFlags();
  #output = "";

  constructor(format: string, args: readonly Argument[]) {
    this.#format = format;
    this.#args = args;
  }

  print(): string {
    while (this.#writeLiteral()) this.#printDirective();
    this.#printExtra();
    return this.#output;
  }

  /** The text before the next directive; false behind the last one. */
  #writeLiteral(): boolean {
    const next = this.#format.indexOf("%", this.#position);
    const end = next < 0 ? this.#format.length : next;
    this.#write(this.#format.slice(this.#position, end));
    this.#position = end + 1;
    return next >= 0;
  }

  #write(text: string): void {
    this.#output += text;
    if (this.#output.length > MAX_OUTPUT_UNITS) throw new RangeError(`the text exceeds ${MAX_OUTPUT_UNITS} characters`);
  }

  #printDirective(): void {
    this.#readFlags();
    this.#isIndexGood = true;
    this.#readIndex();
    this.#readWidth();
    this.#readPrecision();
    if (!this.#afterIndex) this.#readIndex();
    const code = this.#format.codePointAt(this.#position);
    if (code === undefined) {
      this.#position = this.#format.length;
      this.#write("%!(NOVERB)");
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#position += verb.length;
    this.#printVerb(verb);
  }

  #printVerb(verb: string): void {
    if (verb === "%") {
      this.#write("%");
      return;
    }
    if (!this.#isIndexGood) {
      this.#write(`%!${verb}(BADINDEX)`);
      return;
    }
    const argument = this.#args[this.#argument];
    if (argument === undefined) {
      this.#write(`%!${verb}(MISSING)`);
      return;
    }
    this.#argument++;
    const flags = this.#flags;
    if (verb === "v" || verb === "w") {
      [flags.sharpV, flags.sharp, flags.plusV, flags.plus] = [flags.sharp, false, flags.plus, false];
    }
    this.#write(formatArgument(argument, verb, flags));
  }

  #readFlags(): void {
    const flags = (this.#flags = emptyFlags());
    for (; ; this.#position++) {
      switch (this.#format.charAt(this.#position)) {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = true;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  #readWidth(): void {
    const flags = this.#flags;
    if (this.#format.charAt(this.#position) !== "*") {
      flags.width = this.#readNumber();
      if (this.#afterIndex && flags.width !== undefined) this.#isIndexGood = false;
      return;
    }
    this.#position++;
    const width = this.#readNumberArgument();
    if (width === undefined) this.#write("%!(BADWIDTH)");
    else if (width < 0) [flags.minus, flags.zero] = [true, false];
    flags.width = width === undefined ? undefined : Math.abs(width);
    this.#afterIndex = false;
  }

  #readPrecision(): void {
    const flags = this.#flags;
    if (this.#format.charAt(this.#position) !== "." || this.#position + 1 >= this.#format.length) return;
    this.#position++;
    if (this.#afterIndex) this.#isIndexGood = false;
    this.#readIndex();
    if (this.#format.charAt(this.#position) !== "*") {
      flags.precision = this.#readNumber() ?? 0;
      return;
    }
    this.#position++;
    const precision = this.#readNumberArgument();
    if (precision === undefined || precision < 0) this.#write("%!(BADPREC)");
    else flags.precision = precision;
    this.#afterIndex = false;
  }

  /** A number that is too large counts as none, and as the end of the format. */
  #readNumber(): number | undefined {
    const digits = /^[0-9]*/.exec(this.#format.slice(this.#position, this.#position + 16))?.[0] ?? "";
    if (digits === "") return undefined;
    if (Number(digits.slice(0, -1)) > MAX_NUMBER) {
      this.#position = this.#format.length;
      return undefined;
    }
    this.#position += digits.length;
    return Number(digits);
  }

  #readNumberArgument(): number | undefined {
    const argument = this.#args[this.#argument];
    if (argument !== undefined) this.#argument++;
    const number = typeof argument === "object" ? argument.integer : argument;
    if (typeof number !== "bigint") return undefined;
    return number > MAX_NUMBER || number < -MAX_NUMBER ? undefined : Number(number);
  }

  /** `[3]` picks the third argument. */
  #readIndex(): void {
    this.#afterIndex = false;
    if (this.#format.charAt(this.#position) !== "[") return;
    this.#isReordered = true;
    const end = this.#format.indexOf("]", this.#position);
    if (end < 0 || this.#format.length - this.#position < 3) {
      this.#isIndexGood = false;
      this.#position++;
      return;
    }
    const text = this.#format.slice(this.#position + 1, end);
    this.#position = end + 1;
    const isNumber = /^[0-9]+$/.test(text) && Number(text.slice(0, -1)) <= MAX_NUMBER;
    this.#afterIndex = isNumber;
    const index = Number(text) - 1;
    if (isNumber && index >= 0 && index < this.#args.length) this.#argument = index;
    else this.#isIndexGood = false;
  }

  #printExtra(): void {
    if (this.#isReordered || this.#argument >= this.#args.length) return;
    const extra = this.#args.slice(this.#argument);
    const texts = extra.map((argument) => {
      const name = typeName(argument);
      return name === NIL ? NIL : `${name}=${formatArgument(argument, "v", emptyFlags())}`;
    });
    this.#write(`%!(EXTRA ${texts.join(", ")})`);
  }
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function typeName(argument: Argument): string {
  if (typeof argument === "object") return argument.typeName;
  if (typeof argument === "string") return "string";
  if (typeof argument === "number") return "float64";
  return isInt64(argument) ? "int64" : "*big.Int";
}

function formatArgument(argument: Argument, verb: string, flags: Flags): string {
  if (verb === "T") return pad(typeName(argument) === NIL ? NIL : truncate(typeName(argument), flags), flags);
  if (typeof argument === "object") return argument.format(verb, flags);
  if (typeof argument === "bigint" && !isInt64(argument)) return formatBig(argument, verb, flags);
  const text = formatKnown(argument, verb, flags);
  return text ?? `%!${verb}(${typeName(argument)}=${formatKnown(argument, "v", flags) ?? ""})`;
}

function formatKnown(argument: bigint | number | string, verb: string, flags: Flags): string | undefined {
  if (typeof argument === "string") return formatString(argument, verb, flags);
  if (typeof argument === "number") return formatDouble(argument, verb, flags);
  return formatInteger(argument, verb, flags);
}

function formatBig(argument: bigint, verb: string, flags: Flags): string {
  if (verb === "p") throw new RangeError("%p of a large integer shows Go's memory");
  if (verb === "w" && (flags.sharpV || flags.plusV)) throw new RangeError("%w of a large integer takes no # or +");
  if (verb === "w") return `%!w(*big.Int=&{${formatWords(argument, flags)}})`;
  return formatBigInteger(argument, verb, flags) ?? `%!${verb}(big.Int=${argument})`;
}

/** `%w` shows a big.Int's fields: whether it is negative, and its words of 64 bits from the least. */
function formatWords(argument: bigint, flags: Flags): string {
  const words: string[] = [];
  for (let rest = argument < 0n ? -argument : argument; rest > 0n; rest >>= 64n) {
    words.push(formatInteger(BigInt.asUintN(64, rest), "v", flags) ?? "");
  }
  return `${pad(String(argument < 0n), flags)} [${words.join(" ")}]`;
}
