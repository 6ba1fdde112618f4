import { LIMITS } from "./limits.ts";

/** What an archive's `./` leaves of a stored name. */
const MAX_PATH_BYTES = LIMITS.maxNameBytes - 2;

/** What Windows reads as something else, and what terminals act upon. */
const FORBIDDEN = /[\\:*?"<>|\p{Cc}]/u;
const ASCII = /^[ -~]*$/;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * Why a path cannot stand in a pack, or undefined when it can: relative, `/`-separated, NFC, and the same single file
 * on every file system that a pack may be unpacked on.
 */
export function findPathProblem(path: string): string | undefined {
  if (/\p{Surrogate}/u.test(path)) return "its name is not valid Unicode";
  if (path.normalize("NFC") !== path) return "its name is not in Unicode normal form C; rename it";
  if (FORBIDDEN.test(path)) return 'its name has a control character, a backslash or one of : * ? " < > |';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `its name is longer than ${MAX_PATH_BYTES} bytes`;
  for (const segment of path.split("/")) {
    if (segment === "") return "its name has an empty segment";
    // "." and ".." among them.
    if (/[. ]$/.test(segment)) return `its part ${JSON.stringify(segment)} ends in a dot or a space`;
    if (DEVICE.test(segment)) return `"${segment}" is a device name on Windows`;
  }
  return undefined;
}

/** Equal for two paths that a file system without case, or one with another Unicode form, takes for the same. */
export function foldPath(path: string): string {
  if (ASCII.test(path)) return path.toLowerCase();
  return path.normalize("NFD").toUpperCase().toLowerCase().normalize("NFC");
}

/** The folders above a path, outermost first: `a/b/c` gives `a`, `a/b`. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) folders.push(path.slice(0, end));
  return folders;
}

/** The folder that holds it; empty at the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A name in quotes for a message, with nothing in it that a terminal would act upon, and not endless. */
export function quotePath(path: string): string {
  return JSON.stringify(path.length > 300 ? `${path.slice(0, 300)}…` : path).replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
