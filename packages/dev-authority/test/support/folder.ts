import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

/** A folder for one test file, removed after it. */
export function createFolderForTests(): string {
  const folder = mkdtempSync(join(tmpdir(), "dev-authority-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The code of what the action throws, or undefined when it does not. */
export async function codeOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}
