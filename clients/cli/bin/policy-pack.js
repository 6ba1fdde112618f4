#!/usr/bin/env node
// Plain JavaScript that every Node since 12 can parse: it must be able to say that a newer one is needed.
"use strict";
const { existsSync, readFileSync, realpathSync } = require("fs");
const { dirname, join } = require("path");

const CONFIG_EXIT = 2;
const cliDir = dirname(__dirname);

function numbers(version) {
  return version.split(".").map((part) => parseInt(part, 10));
}

/** True when `version` is not older than `minimum`; parts that `minimum` leaves out count as 0. */
function isAtLeast(version, minimum) {
  for (let i = 0; i < 3; i++) {
    const difference = version[i] - (minimum[i] || 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Reads the two forms that `engines` uses: `^1.2.3` and `>=1`, joined by `||`. */
function isWithin(version, range) {
  return range.split("||").some((part) => {
    const wanted = part.trim();
    const minimum = numbers(wanted.replace(/^(\^|>=)/, ""));
    return isAtLeast(version, minimum) && (wanted[0] !== "^" || version[0] === minimum[0]);
  });
}

function refuse(message) {
  if (process.argv.includes("--json")) {
    const error = { code: "TOOL_MISSING", message, retryable: false };
    process.stdout.write(JSON.stringify({ error }, null, 2) + "\n");
  } else {
    process.stderr.write("error TOOL_MISSING: " + message + "\n");
  }
  process.exitCode = CONFIG_EXIT;
}

/** Runs the same command on the other Node and ends as it ends: by the same exit code or the same signal. */
function runOn(node) {
  const args = [__filename].concat(process.argv.slice(2));
  const child = require("child_process").spawn(node, args, { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
  for (const signal of signals) {
    // A terminal sends its signals to the child as well; passing them on would deliver them twice.
    process.on(signal, () => {
      if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => refuse(node + " could not be started (" + error.message + "). Run make again."));
  child.on("exit", (code, signal) => {
    for (const name of signals) process.removeAllListeners(name);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

function main() {
  const { engines } = JSON.parse(readFileSync(join(cliDir, "package.json"), "utf8"));
  if (!isWithin(numbers(process.versions.node), engines.node)) {
    const node = join(cliDir, "..", "..", ".tools", "node", "bin", "node");
    if (existsSync(node) && realpathSync(node) !== realpathSync(process.execPath)) return runOn(node);
    return refuse(
      "policy-pack needs Node " +
        engines.node +
        ", and this is " +
        process.version +
        ". Run make in the checkout," +
        " which puts a fitting Node into .tools/, or install one from https://nodejs.org.",
    );
  }
  const bundled = require("./bundle.js").openBundle(join(cliDir, "dist", "command"));
  if (bundled) return bundled.main();
  const entry = join(cliDir, "dist", "index.js");
  if (!existsSync(entry)) return refuse("policy-pack is not built in this checkout. Run make, or npm run build.");
  return import("../dist/index.js").then((cli) => cli.main());
}

main();
