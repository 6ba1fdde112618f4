import { readFile } from "node:fs/promises";

import { describe, expect, it } from "@jest/globals";

import { findTestOpa } from "@policy-pack/testkit";

import { makePage, PAGE } from "../scripts/builtins-doc/page.ts";
import { probeBuiltins } from "../scripts/builtins-doc/probe.ts";
import { describeWith } from "./interop/tools.ts";

describe("probeBuiltins", () => {
  it("finds every builtin of the pinned OPA on the page, with who provides it", async () => {
    const page = await readFile(PAGE, "utf8");
    const rows = new Map(
      [...page.matchAll(/^\| `([^`]+)` +\| (module, host|module|host|compiled away|refused) +\|/gm)].map(
        ([, name, by]) => [name, by],
      ),
    );
    const builtins = await probeBuiltins(await findTestOpa());
    const expected = builtins.map(({ name, origin }) => [name, name === "rego.parse_module" ? "refused" : origin]);
    expect(builtins.map(({ name }) => [name, rows.get(name)?.replace(", host", "")])).toEqual(expected);
    expect(builtins.filter(({ origin }) => origin === "module")).toHaveLength(96);
  });
});

describeWith("go", "docs/builtins.md", () => {
  it("is what `npm run docs:builtins` makes", async () => {
    expect(await readFile(PAGE, "utf8")).toBe(await makePage());
  });
});
