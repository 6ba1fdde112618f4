import { readFileSync } from "node:fs";

/** The version in this package's package.json. */
export function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) throw new TypeError(text);
  return String(manifest.version);
}
