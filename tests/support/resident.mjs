// Loaded into a command by NODE_OPTIONS=--import: prints on stderr, at its end, the most memory that it held.
import { writeSync } from "node:fs";

process.on("exit", () => {
  writeSync(2, `resident ${process.resourceUsage().maxRSS} KiB\n`);
});
