// Loaded into a command by NODE_OPTIONS=--import: prints on stderr, at its end, the most memory that it held.
import { readFileSync, writeSync } from "node:fs";

/** Linux counts into a child's `maxRSS` what its parent held when it was forked; the mark in /proc is the child's own. */
function residentKibibytes() {
  try {
    return /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))[1];
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

process.on("exit", () => {
  writeSync(2, `resident ${residentKibibytes()} KiB\n`);
});
