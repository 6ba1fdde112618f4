// `release.mjs MODULE OPTIONS AT` makes a release and kills itself before act number AT on the disk, as `kill -9` would.
// Otherwise it prints the acts.
const [, , module, options, at] = process.argv;
const { NODE_FILE_SYSTEM, releasePack } = await import(module);
const acts = [];

const fileSystem = Object.fromEntries(
  Object.entries(NODE_FILE_SYSTEM).map(([name, act]) => [
    name,
    (...args) => {
      if (at === `${acts.length}`) process.kill(process.pid, "SIGKILL");
      acts.push(name);
      return act(...args);
    },
  ]),
);
const parsed = JSON.parse(options);
await releasePack({ ...parsed, date: new Date(parsed.date), fileSystem });
console.log(JSON.stringify(acts));
