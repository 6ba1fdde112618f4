import { paint, printable } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** Tells each warning in a line on stderr, where it is in nobody's way who reads the answer. */
export function printWarnings(terminal: Terminal, warnings: readonly string[]): void {
  const { stderr } = terminal;
  for (const warning of warnings) {
    stderr.write(`${paint(terminal, stderr, "yellow", "warning:")} ${printable(warning)}\n`);
  }
}
