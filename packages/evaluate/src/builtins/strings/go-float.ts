/** Decimal digits of a magnitude: 0.d1d2d3… times 10^point, without zeros at the end. */
interface Digits {
  readonly text: string;
  readonly point: number;
}

const MANTISSA_BITS = 52;
const EXPONENT_BIAS = 1023;
/** Go decides between %e and %f by this many digits where no precision is given. */
const SHORTEST_G_DIGITS = 6;

/**
 * Go's strconv.FormatFloat for a finite double: `precision` -1 is the fewest digits that read back the same; any other
 * rounds the exact binary value half to even.
 *
 * @see https://pkg.go.dev/strconv#FormatFloat
 */
export function formatFloat(value: number, verb: string, precision: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  if (verb === "b") return sign + formatBinary(magnitude);
  if (verb === "x" || verb === "X") {
    const text = sign + formatHex(magnitude, precision);
    return verb === "X" ? text.toUpperCase() : text;
  }
  return sign + formatDecimal(magnitude, verb, precision);
}

function formatDecimal(magnitude: number, verb: string, precision: number): string {
  const exponentMark = verb === "E" || verb === "G" ? "E" : "e";
  switch (verb) {
    case "e":
    case "E": {
      const digits = precision < 0 ? shortestDigits(magnitude) : roundDigits(magnitude, () => precision + 1);
      return withExponent(digits, precision < 0 ? digits.text.length - 1 : precision, exponentMark);
    }
    case "f": {
      const digits = precision < 0 ? shortestDigits(magnitude) : roundDigits(magnitude, (point) => point + precision);
      return withPoint(digits, precision < 0 ? digits.text.length - digits.point : precision);
    }
    default:
      return formatGeneral(magnitude, precision, exponentMark);
  }
}

function formatGeneral(magnitude: number, precision: number, exponentMark: string): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const digits = isShortest ? shortestDigits(magnitude) : roundDigits(magnitude, () => wanted);
  const count = digits.text.length;
  const places = isShortest ? count : wanted;
  const limit = places > count && count >= digits.point ? count : places;
  const exponent = digits.point - 1;
  if (exponent < -4 || exponent >= (isShortest ? SHORTEST_G_DIGITS : limit)) {
    return withExponent(digits, Math.min(places, count) - 1, exponentMark);
  }
  return withPoint(digits, (places > digits.point ? count : places) - digits.point);
}

function withExponent(digits: Digits, places: number, mark: string): string {
  const exponent = digits.text === "" ? 0 : digits.point - 1;
  const fraction = places > 0 ? `.${digits.text.slice(1, places + 1).padEnd(places, "0")}` : "";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits.text.charAt(0) || "0"}${fraction}${mark}${exponent < 0 ? "-" : "+"}${power}`;
}

function withPoint({ text, point }: Digits, places: number): string {
  const whole = point > 0 ? text.slice(0, point).padEnd(point, "0") : "0";
  if (places <= 0) return whole;
  const fraction = "0".repeat(Math.min(places, Math.max(0, -point))) + text.slice(Math.max(0, point));
  return `${whole}.${fraction.slice(0, places).padEnd(places, "0")}`;
}

/** JavaScript and Go print the same fewest digits. */
function shortestDigits(magnitude: number): Digits {
  if (magnitude === 0) return { text: "", point: 0 };
  const [mantissa = "", exponent = "0"] = magnitude.toExponential().split("e");
  return { text: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** The exact value, rounded to so many digits as `count` says, once it is known where the point stands. */
function roundDigits(magnitude: number, count: (point: number) => number): Digits {
  const exact = exactDigits(magnitude);
  const kept = count(exact.point);
  if (kept >= exact.text.length) return exact;
  if (kept < 0) return { text: "", point: 0 };
  const head = exact.text.slice(0, kept);
  return roundsUp(exact.text, kept) ? increment(head, exact.point) : trim(head, exact.point);
}

function roundsUp(text: string, kept: number): boolean {
  const next = text.charCodeAt(kept) - 0x30;
  if (next !== 5 || text.length > kept + 1) return next >= 5;
  return kept > 0 && text.charCodeAt(kept - 1) % 2 === 1;
}

function increment(head: string, point: number): Digits {
  const kept = head.replace(/9+$/, "");
  if (kept === "") return { text: "1", point: point + 1 };
  const last = kept.charCodeAt(kept.length - 1) + 1;
  return { text: kept.slice(0, -1) + String.fromCharCode(last), point };
}

function trim(text: string, point: number): Digits {
  const significant = text.replace(/0+$/, "");
  return significant === "" ? { text: "", point: 0 } : { text: significant, point };
}

/** Every decimal digit of the double: a power of two below one has as many places as its exponent. */
function exactDigits(magnitude: number): Digits {
  if (magnitude === 0) return { text: "", point: 0 };
  const { mantissa, exponent } = splitDouble(magnitude);
  const scale = exponent - MANTISSA_BITS;
  const places = Math.max(0, -scale);
  const digits = scale >= 0 ? mantissa << BigInt(scale) : mantissa * 5n ** BigInt(places);
  const text = digits.toString();
  return trim(text, text.length - places);
}

/** The value is mantissa times 2^(exponent - 52). */
function splitDouble(magnitude: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> BigInt(MANTISSA_BITS));
  const fraction = BigInt.asUintN(MANTISSA_BITS, bits);
  if (biased === 0) return { mantissa: fraction, exponent: 1 - EXPONENT_BIAS };
  return { mantissa: fraction | (1n << BigInt(MANTISSA_BITS)), exponent: biased - EXPONENT_BIAS };
}

function formatBinary(magnitude: number): string {
  const { mantissa, exponent } = splitDouble(magnitude);
  const power = exponent - MANTISSA_BITS;
  return `${mantissa.toString()}p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}

/** `0x1.8p+01`: one bit before the point, four bits a digit behind it. */
function formatHex(magnitude: number, precision: number): string {
  const split = splitDouble(magnitude);
  let { mantissa } = split;
  let exponent = magnitude === 0 ? 0 : split.exponent;
  const one = 1n << BigInt(MANTISSA_BITS);
  for (; mantissa !== 0n && mantissa < one; exponent--) mantissa <<= 1n;
  if (precision >= 0 && precision * 4 < MANTISSA_BITS) {
    mantissa = roundBits(mantissa, BigInt(MANTISSA_BITS - precision * 4));
    if (mantissa >= one << 1n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const digits = (mantissa & (one - 1n)).toString(16).padStart(MANTISSA_BITS / 4, "0");
  const fraction = precision < 0 ? digits.replace(/0+$/, "") : digits.slice(0, precision).padEnd(precision, "0");
  const power = String(Math.abs(exponent)).padStart(2, "0");
  const point = fraction === "" ? "" : `.${fraction}`;
  return `0x${mantissa === 0n ? 0 : 1}${point}p${exponent < 0 ? "-" : "+"}${power}`;
}

/** Clears the low bits, rounding half to even. */
function roundBits(value: bigint, bits: bigint): bigint {
  const half = 1n << (bits - 1n);
  const low = value & ((1n << bits) - 1n);
  const high = value >> bits;
  const up = low > half || (low === half && (high & 1n) === 1n);
  return (up ? high + 1n : high) << bits;
}
