const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

/** go-yaml's order of keys: runs of digits by their value, letters behind everything else. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  return isLess(Array.from(left), Array.from(right)) ? -1 : 1;
}

function isLess(left: readonly string[], right: readonly string[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a = "", b = ""] = [left[index], right[index]];
    if (a !== b) return isLessAt(left, right, index, a, b);
  }
  return left.length < right.length;
}

function isLessAt(left: readonly string[], right: readonly string[], index: number, a: string, b: string): boolean {
  const [isLetterA, isLetterB] = [LETTER.test(a), LETTER.test(b)];
  if (isLetterA && isLetterB) return codeOf(a) < codeOf(b);
  if (isLetterA || isLetterB) return isLetterB;
  const start = (a === "0" || b === "0") && followsNonZero(left, index) ? 1n : 0n;
  const [numberA, endA] = readNumber(left, index, start);
  const [numberB, endB] = readNumber(right, index, start);
  if (numberA !== numberB) return numberA < numberB;
  if (endA !== endB) return endA < endB;
  return codeOf(a) < codeOf(b);
}

/** Whether the zero stands within a number rather than in front of one. */
function followsNonZero(text: readonly string[], index: number): boolean {
  for (let before = index - 1; before >= 0; before--) {
    const character = text[before] ?? "";
    if (!DIGIT.test(character)) return false;
    if (character !== "0") return true;
  }
  return false;
}

/** Wraps around at 64 bits, as go-yaml's does. */
function readNumber(text: readonly string[], index: number, start: bigint): readonly [value: bigint, end: number] {
  let [value, end] = [start, index];
  for (let digit = text[end]; digit !== undefined && DIGIT.test(digit); digit = text[++end]) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codeOf(digit) - 0x30));
  }
  return [value, end];
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
