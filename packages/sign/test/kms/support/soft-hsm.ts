import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import type { KeyObject } from "node:crypto";
import { load } from "koffi";

const MODULES = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/lib64/softhsm/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

export const PIN = "correct-horse-4711";
const SO_PIN = "security-officer-4711";

/** SoftHSM's module and its command; undefined where it is not installed. */
export function findSoftHsm(): string | undefined {
  return findTool("softhsm2-util") === undefined ? undefined : MODULES.find((file) => existsSync(file));
}

export function findTool(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface SoftHsm {
  readonly folder: string;
  readonly module: string;
  /** The module under another path, as which this process takes it for another. */
  link(name: string): string;
  addToken(label: string): void;
  /** Imports a key, with its public key unless said otherwise. */
  addKey(token: string, label: string, id: string, key: KeyObject, flags?: readonly string[]): void;
  /** Runs OpenSC's pkcs11-tool on a token, logged in. */
  tool(token: string, ...args: readonly string[]): string;
  close(): void;
}

/** Tokens in a folder of their own, which the module in this very process uses from now on. */
export function openSoftHsm(module: string): SoftHsm {
  const folder = mkdtempSync(path.join(tmpdir(), "softhsm-"));
  const conf = path.join(folder, "softhsm2.conf");
  mkdirSync(path.join(folder, "tokens"));
  writeFileSync(
    conf,
    `directories.tokendir = ${path.join(folder, "tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  setNativeVariable("SOFTHSM2_CONF", conf);
  const run = (file: string, args: readonly string[]): string =>
    execFileSync(file, args, { encoding: "utf8", stdio: "pipe", env: { ...process.env, SOFTHSM2_CONF: conf } });
  let imported = 0;
  return {
    folder,
    module,
    link: (name) => {
      const file = path.join(folder, name);
      symlinkSync(module, file);
      return file;
    },
    addToken: (label) => {
      run("softhsm2-util", ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN]);
    },
    addKey: (token, label, id, key, flags = []) => {
      imported += 1;
      const file = path.join(folder, `${imported}.pem`);
      writeFileSync(file, key.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
      run("softhsm2-util", ["--import", file, "--token", token, "--label", label, "--id", id, "--pin", PIN, ...flags]);
    },
    tool: (token, ...args) =>
      run("pkcs11-tool", ["--module", module, "--token-label", token, "--login", "--pin", PIN, ...args]),
    close: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** The module reads the process's own environment, which Node changes alone outside of tests. */
function setNativeVariable(name: string, value: string): void {
  const setenv = load(null).func("int setenv(const char *name, const char *value, int overwrite)") as (
    name: string,
    value: string,
    overwrite: number,
  ) => number;
  setenv(name, value, 1);
}
