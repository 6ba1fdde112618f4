/**
 * `node guard.ts SCRIPT ARG…` runs a script of Node and ends it when its own standard input closes: whoever started this
 * needs no more than to be gone, in whatever way, for the script to end too.
 */
import { spawn } from "node:child_process";

const GRACE_MS = 5000;

const child = spawn(process.execPath, process.argv.slice(2), { stdio: ["ignore", "inherit", "inherit"] });
child.once("exit", (code) => process.exit(code ?? 1));
// A Ctrl-C reaches every process of the terminal; the end of standard input follows in its own order.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, end);
process.stdin.resume().once("close", end);

function end(): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
}
