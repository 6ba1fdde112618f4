import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TempDir {
  /** Absolute, without links. */
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** A new empty folder; call `remove` in `afterEach` or `afterAll`. */
export async function createTempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(await realpath(tmpdir()), "policy-pack-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Hands a new empty folder to `use` and removes it afterwards, whatever happens. */
export async function withTempDir<T>(use: (path: string) => Promise<T>): Promise<T> {
  const { path, remove } = await createTempDir();
  try {
    return await use(path);
  } finally {
    await remove();
  }
}
