import { formatFloat } from "../strings/go-float.ts";

const SINGLE_DIGITS = 9;

/** A float as go-yaml prints it: Go's %g with the fewest digits. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return formatFloat(value, "g", -1);
}

/** The same of the nearest float32, which is what sigs.k8s.io/yaml makes of keys. */
export function shortFloatText(value: number): string {
  const single = Math.fround(value);
  if (single === 0 || !Number.isFinite(single)) return floatText(single);
  for (let precision = 1; precision < SINGLE_DIGITS; precision++) {
    const short = Number(single.toPrecision(precision));
    if (Math.fround(short) === single) return floatText(short);
  }
  return floatText(Number(single.toPrecision(SINGLE_DIGITS)));
}
