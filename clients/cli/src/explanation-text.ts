import type { Explanation } from "./explain.ts";
import { paint, printable } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

const WIDTH = 96;

/** The explanation as two lists, wrapped for a terminal; control characters are made visible. */
export function formatExplanation(terminal: Terminal, { proven, notProven }: Explanation): string {
  const heading = (text: string): string => paint(terminal, terminal.stdout, "bold", text);
  return [
    ...(proven.length === 0 ? [] : [heading("What is proven"), ...proven.map(toItem), ""]),
    heading("What is not proven"),
    ...notProven.map(toItem),
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
