/** Writes docs/builtins.md from the pinned OPA, its own cases and this checkout's sources. Run by `npm run docs:builtins`. */
import { writeFile } from "node:fs/promises";
import { makePage, PAGE } from "./page.ts";

await writeFile(PAGE, await makePage());
