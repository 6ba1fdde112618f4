const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;

/** How many digits the places of a list of so many entries take. */
export function widthOf(entries: number): number {
  let width = 1;
  for (let most = BASE; most < entries; most *= BASE) width += 1;
  return width;
}

/** Places in a list of so many entries as text, all of one width. */
export function encodeSequence(places: readonly number[], entries: number): string {
  const width = widthOf(entries);
  return places.map((place) => digitsOf(place, width)).join("");
}

/** The places again; undefined for a text that is not what `encodeSequence` writes. */
export function decodeSequence(text: string, entries: number): readonly number[] | undefined {
  const width = widthOf(entries);
  if (text.length % width !== 0) return undefined;
  const places: number[] = [];
  for (let start = 0; start < text.length; start += width) {
    let place = 0;
    for (const digit of text.slice(start, start + width)) {
      const value = DIGITS.indexOf(digit);
      if (value === -1) return undefined;
      place = place * BASE + value;
    }
    if (place >= entries) return undefined;
    places.push(place);
  }
  return places;
}

function digitsOf(place: number, width: number): string {
  let text = "";
  for (let rest = place; text.length < width; rest = Math.floor(rest / BASE)) text = (DIGITS[rest % BASE] ?? "") + text;
  return text;
}
