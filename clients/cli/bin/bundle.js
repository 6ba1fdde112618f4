// Runs the command from the few files of dist/command/ (made by scripts/command/) in place of the many of dist/.
"use strict";
const { readFileSync, statSync } = require("fs");
const { dirname, join } = require("path");
const vm = require("vm");

const HOT = "hot.js";
const MAIN = "main.cjs";
const importPackage = (name) => import(name);

function modifiedMs(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : stats.mtimeMs;
}

/**
 * In a checkout the compiler may have run since: then the bundle is of another program. Times are compared for being
 * the same, since a compiler may also have run while the bundle was made, and a copy may have any time.
 */
function isCurrent(dir) {
  if (modifiedMs(join(dir, HOT)) === undefined) return false;
  if (modifiedMs(join(dirname(dir), ".tsbuildinfo")) === undefined) return true;
  const compiled = readTimes(join(dir, "inputs.json"));
  return compiled.length > 0 && compiled.every(([path, time]) => modifiedMs(join(dir, path)) === time);
}

/** When each workspace was compiled whose program is bundled; none where that cannot be told. */
function readTimes(path) {
  try {
    return Object.entries(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return [];
  }
}

/** V8 itself refuses what another V8 compiled, or one with other flags; whoever can write here can write the source. */
function readCompiled(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // The source alone will do, a little later.
  }
}

/** The modules that every start needs, as one script whose value is a table of functions. */
function readHot(dir) {
  const filename = join(dir, HOT);
  return new vm.Script(readFileSync(filename, "latin1"), { filename, cachedData: readCompiled(filename + ".v8") });
}

function readModule(filename) {
  const parameters = ["exports", "require", "module", "__filename", "__dirname", "importPackage"];
  return vm.compileFunction(readFileSync(filename, "latin1"), parameters, { filename });
}

/** What main.cjs exports. `hot` is left out before there is one: while the bundle is made. */
function loadBundle(dir, hot) {
  const table = hot === undefined ? {} : hot.runInThisContext();
  const modules = new Map();
  function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const filename = join(dir, name);
    const run = table[name] || readModule(filename);
    const module = { exports: {} };
    modules.set(name, module);
    const find = (id) => (id.startsWith("./") ? load(id.slice(2)) : require(id));
    run(module.exports, find, module, filename, dir, importPackage);
    return module.exports;
  }
  return { main: load(MAIN).main, names: () => Array.from(modules.keys()) };
}

/** The bundled command; undefined when there is none, or none of the program as it was compiled last. */
function openBundle(dir) {
  return isCurrent(dir) ? loadBundle(dir, readHot(dir)) : undefined;
}

module.exports = { isCurrent, loadBundle, openBundle, readHot };
