import { BuiltinError } from "../builtin.ts";
import { compilePattern } from "./pattern.ts";
import type { Pattern } from "./pattern.ts";

/**
 * The pattern of `regex.template_match`: text that stands for itself, with patterns between delimiters.
 *
 * @throws BuiltinError for a delimiter that is not one byte, delimiters out of balance, or a part that is no pattern
 */
export function compileTemplate(template: string, open: string, close: string): Pattern {
  checkDelimiter("start", open);
  checkDelimiter("end", close);
  let pattern = "^";
  let end = 0;
  for (const [from, to] of placesOf(template, open, close)) {
    const part = template.slice(from + 1, to - 1);
    compilePattern(`^${part}$`);
    pattern += `${quoteMeta(template.slice(end, from))}(${part})`;
    end = to;
  }
  return compilePattern(`${pattern}${quoteMeta(template.slice(end))}$`);
}

function checkDelimiter(which: string, text: string): void {
  const length = Buffer.byteLength(text);
  if (length === 1) return;
  throw new BuiltinError(`${which} delimiter has to be exactly one character long but is ${length} long`);
}

/** Where the outermost delimited parts begin and end, delimiters included. */
function placesOf(template: string, open: string, close: string): [number, number][] {
  const places: [number, number][] = [];
  let [level, start] = [0, 0];
  for (let index = 0; index < template.length; index++) {
    const character = template.charAt(index);
    if (character === open) {
      level++;
      if (level === 1) start = index;
    } else if (character === close) {
      level--;
      if (level === 0) places.push([start, index + 1]);
      if (level < 0) break;
    }
  }
  if (level !== 0) throw new BuiltinError(`unbalanced braces in ${JSON.stringify(template.slice(0, 100))}`);
  return places;
}

function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
