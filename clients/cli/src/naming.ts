import { withPlace } from "./rejection.ts";

/**
 * Runs what judges a file's content, and has its error say which file that was.
 * @throws what `judge` throws, of the same class and code
 */
export async function naming<T>(file: string, judge: () => T | Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw withPlace(file, error);
  }
}
