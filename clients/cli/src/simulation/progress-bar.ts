import { hasColours, paint } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";

export interface ProgressBar {
  /** Shows how much is done; nothing is written when that looks the same as before. */
  update(done: number, total: number): void;
  /** Takes the bar away again. */
  clear(): void;
}

const SILENT: ProgressBar = Object.freeze({ update: () => undefined, clear: () => undefined });
const CLEAR = "\r\u001b[K";
const MAX_BAR = 40;
const DEFAULT_COLUMNS = 80;
/** Below it a bar says nothing that the number does not. */
const MIN_BAR = 10;

/**
 * A bar on stderr, rewritten in place and never wider than the terminal; of a narrow one the percentage is left. Nothing at
 * all where stderr is no terminal, where it is a dumb one, or for `--json`.
 * @param label what is being done: "deciding"
 */
export function createProgressBar(terminal: Terminal, label: string, options: { readonly json: boolean }): ProgressBar {
  const { stderr, env } = terminal;
  if (stderr.isTTY !== true || env["TERM"] === "dumb" || options.json) return SILENT;
  let shown = "";
  return {
    update: (done, total) => {
      const line = toLine(terminal, label, total > 0 ? Math.min(done / total, 1) : 1);
      if (line === shown) return;
      shown = line;
      stderr.write(`${CLEAR}${line}`);
    },
    clear: () => {
      if (shown !== "") stderr.write(CLEAR);
      shown = "";
    },
  };
}

function toLine(terminal: Terminal, label: string, share: number): string {
  const { stderr } = terminal;
  // The last column stays free: a terminal would wrap there, and the line could not be taken away any more.
  const room = (stderr.columns ?? DEFAULT_COLUMNS) - 1;
  const percent = `${Math.floor(share * 100)} %`;
  const width = Math.min(MAX_BAR, room - label.length - "   100 %".length);
  if (width < MIN_BAR) return percent.slice(0, Math.max(0, room));
  const filled = Math.floor(share * width);
  const [full, empty] = hasColours(terminal, stderr) ? ["█", "░"] : ["#", "."];
  const bar = paint(terminal, stderr, "green", full.repeat(filled)) + empty.repeat(width - filled);
  return `${label} ${bar} ${percent.padStart("100 %".length)}`;
}
