import { pathToFileURL } from "node:url";
import { join } from "node:path";

/** Makes a Node program say at its end how much memory it held: `residentMegabytes` reads it from its stderr. */
export const RESIDENT_OPTIONS = `--import=${pathToFileURL(join(import.meta.dirname, "resident.mjs")).href}`;

/** The most memory that the program held at once, in MB (10^6 bytes). */
export function residentMegabytes(stderr: string): number {
  const kibibytes = /^resident (\d+) KiB$/m.exec(stderr)?.[1];
  if (kibibytes === undefined) throw new Error(`The program did not say what memory it held: ${stderr}`);
  return (Number(kibibytes) * 1024) / 1e6;
}
