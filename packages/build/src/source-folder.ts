import { constants, existsSync } from "node:fs";
import { open } from "node:fs/promises";

/** A link is not followed; Windows knows neither flag. */
const FLAGS = constants.O_RDONLY | flag("O_DIRECTORY") | flag("O_NOFOLLOW");
const DESCRIPTORS = "/proc/self/fd";

/**
 * Opens a folder and hands over a path by which its names lead to what is in this very folder, even when someone puts
 * a link to another in its place meanwhile. Only Linux has such paths; elsewhere it is the path that was given.
 */
export async function withFolder<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  if (process.platform !== "linux" || !existsSync(DESCRIPTORS)) return use(path);
  await using folder = await open(path, FLAGS);
  return await use(`${DESCRIPTORS}/${folder.fd}`);
}

function flag(name: "O_DIRECTORY" | "O_NOFOLLOW"): number {
  return (constants as Partial<Record<typeof name, number>>)[name] ?? 0;
}
