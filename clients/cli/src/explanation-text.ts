import type { Explanation } from "./explain.ts";
import { paint, printable } from "./terminal.ts";
import type { OutputStream, Terminal } from "./terminal.ts";

const WIDTH = 96;

/** The explanation as two lists, wrapped for a terminal; control characters are made visible. */
export function formatExplanation(
  terminal: Terminal,
  stream: OutputStream,
  file: string,
  { proven, notProven }: Explanation,
): string {
  const heading = (text: string): string => paint(terminal, stream, "bold", text);
  const name = printable(file).replaceAll(/[\n\t]/g, " ");
  const verdict =
    proven.length === 0
      ? paint(terminal, stream, "red", `Do not use ${name}.`)
      : paint(terminal, stream, "green", `${name} is what your policy asks for.`);
  const lists = [
    ["What is proven", proven],
    ["What is not proven", notProven],
  ] as const;
  return [
    verdict,
    ...lists.flatMap(([title, lines]) => (lines.length === 0 ? [] : ["", heading(title), ...lines.map(toItem)])),
  ].join("\n");
}

function toItem(text: string): string {
  const words = printable(text).split(/\s+/);
  const lines: string[] = [];
  let line = "  -";
  for (const word of words) {
    if (line.length + 1 + word.length > WIDTH && line.trim() !== "-") {
      lines.push(line);
      line = "   ";
    }
    line = `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
