// run.cjs BUNDLE_DIR ARGS: runs the bundled command once, and notes in the folder which modules it loaded and, when those
// are gathered in hot.js already, what V8 compiled of them.
"use strict";
const { existsSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { loadBundle, readHot } = require("../../clients/cli/bin/bundle.js");

const [node, , dir, ...args] = process.argv;
process.argv = [node, join(dir, "main.cjs"), ...args];
const hot = existsSync(join(dir, "hot.js")) ? readHot(dir) : undefined;
const { main, names } = loadBundle(dir, hot);
main().then(() => {
  if (process.exitCode !== 0) return;
  writeFileSync(join(dir, "loaded.json"), JSON.stringify(names()));
  if (hot !== undefined) writeFileSync(join(dir, "hot.js.v8"), hot.createCachedData());
});
