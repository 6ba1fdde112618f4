"use strict";

// Says on stderr, at the end of the process, how much memory it held at most.
process.on("exit", () => {
  process.stderr.write(`peak ${process.resourceUsage().maxRSS} KiB\n`);
});
