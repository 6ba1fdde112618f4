// `build.mjs MODULE OPTIONS STEP` builds a pack and, as a step ends, kills itself as `kill -9` would.
const [, , module, options, at] = process.argv;
const { buildPack } = await import(module);

await buildPack({
  ...JSON.parse(options),
  onProgress: ({ step }) => {
    if (step === at) process.kill(process.pid, "SIGKILL");
  },
});
