import { accessSync, constants } from "node:fs";
import path from "node:path";
import process from "node:process";
import { describe } from "@jest/globals";

/** The program's path, from .bin of this checkout or from PATH; undefined when it is not installed. */
export function findTool(name: string): string | undefined {
  const folders = [path.resolve(".bin"), ...(process.env["PATH"] ?? "").split(path.delimiter)];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/**
 * Tests that need a program which may be absent. Without it they are skipped under a title that says so, which the run
 * lists at its end together with how to get it.
 */
export function describeWith(name: string, title: string, tests: (tool: string) => void): void {
  const tool = findTool(name);
  const describeOrSkip = tool === undefined ? describe.skip : describe;
  describeOrSkip(`${title} [needs ${name}]`, () => {
    tests(tool ?? name);
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
