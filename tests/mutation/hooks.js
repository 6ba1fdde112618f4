// The tests run as they are: what they import by name is Mocha in Jest's place, and packages/verify by its sources.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const REPLACED = new Map([
  ["@jest/globals", "tests/mutation/jest-globals.js"],
  ["@policy-pack/verify", "packages/verify/src/index.ts"],
]);

registerHooks({
  resolve(specifier, context, next) {
    const path = REPLACED.get(specifier);
    return next(path === undefined ? specifier : pathToFileURL(resolve(path)).href, context);
  },
});
