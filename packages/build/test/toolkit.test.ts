import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { TOOLKIT_VERSION } from "../src/toolkit.ts";

describe("TOOLKIT_VERSION", () => {
  it.each(["../package.json", "../../../clients/cli/package.json"])("is the version of %s", (path) => {
    const manifest: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
    expect(manifest).toMatchObject({ version: TOOLKIT_VERSION });
  });
});
