import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { checkGranted, readGrants } from "../../src/evaluation/grants.ts";
import { createTerminal, withFolder } from "../support.ts";

describe("readGrants", () => {
  it("grants nothing unless it is said", async () => {
    expect(await readGrants(createTerminal(), {})).toEqual({});
  });

  it("grants hosts, names and a runtime", async () => {
    await withFolder(async (cwd) => {
      await writeFile(join(cwd, "runtime.json"), '{"env": {"A": "1"}}');
      const flags = { allowHttp: ["a.example"], allowLookup: ["b.example"], runtime: "runtime.json" };
      expect(await readGrants(createTerminal({ cwd }), flags)).toEqual({
        http: { hosts: ["a.example"] },
        lookup: { hosts: ["b.example"] },
        runtime: { env: { A: "1" } },
      });
    });
  });

  it.each(["[]", "{", '"text"'])("refuses the runtime %s", async (text) => {
    await withFolder(async (cwd) => {
      await writeFile(join(cwd, "runtime.json"), text);
      const pending = readGrants(createTerminal({ cwd }), { runtime: "runtime.json" });
      await expect(pending).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    });
  });
});

describe("checkGranted", () => {
  const BUILTINS = ["http.send", "opa.runtime"];

  it("throws CAPABILITY_MISSING for any that is left", () => {
    expect(() => {
      checkGranted(BUILTINS, ["http", "runtime"], { http: { hosts: [] } });
    }).toThrow(expect.objectContaining({ code: "CAPABILITY_MISSING", exitCode: 7 }));
  });

  it("is content when all are granted", () => {
    expect(() => {
      checkGranted(BUILTINS, ["http", "runtime"], { http: { hosts: [] }, runtime: {} });
    }).not.toThrow();
  });
});
