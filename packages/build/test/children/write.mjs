// `write.mjs MODULE OUTPUTS AT` writes copies ([{path, from}]) as a build writes a pack, and kills itself as `kill -9`
// would: before act number AT on the disk, or, for `AT+`, with half of that file written. Otherwise it prints the acts.
import { readFileSync, writeFileSync } from "node:fs";

const [, , module, outputs, at] = process.argv;
const { NODE_FILE_SYSTEM, writePack } = await import(module);
const acts = [];

const fileSystem = Object.fromEntries(
  Object.entries(NODE_FILE_SYSTEM).map(([name, act]) => [
    name,
    (...args) => {
      if (at === `${acts.length}+`) writeFileSync(args[0], args[1].subarray(0, args[1].length / 2));
      if (at === `${acts.length}` || at === `${acts.length}+`) process.kill(process.pid, "SIGKILL");
      acts.push(name);
      return act(...args);
    },
  ]),
);
await writePack(
  JSON.parse(outputs).map(({ path, from }) => ({ path, bytes: readFileSync(from) })),
  fileSystem,
);
console.log(JSON.stringify(acts));
