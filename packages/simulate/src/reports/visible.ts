import type { JsonValue } from "@policy-pack/pack";

/**
 * What nobody sees, or what moves what others see: controls, formats, direction marks, halves of pairs, private and
 * ignorable characters, every space but the usual one, and marks piled on one letter.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|(?<=\p{M}\p{M})\p{M}/gu;

/** A text on one line in which nothing hides: such characters are spelled as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON of the same value in which nothing hides, over several lines where `indent` says so. */
export function visibleJson(value: JsonValue, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(HIDDEN, (character) =>
    character === "\n" ? "\n" : escaped(character),
  );
}

/** JSON on one line, with spaces where a person looks for them. */
export function lineOfJson(value: JsonValue): string {
  return visibleJson(value, 1).replaceAll(/\n */g, " ");
}

/** The text's first characters, and how many were left out where it is longer. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = isLowHalf(text, max) ? max - 1 : max;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

/** A text that fits: of a longer one the beginning and the end, since names often differ there. */
export function fit(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) / 2);
  const head = max - 1 - tail;
  const start = isLowHalf(text, head) ? head - 1 : head;
  const end = isLowHalf(text, text.length - tail) ? text.length - tail + 1 : text.length - tail;
  return `${text.slice(0, start)}…${text.slice(end)}`;
}

function isLowHalf(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
