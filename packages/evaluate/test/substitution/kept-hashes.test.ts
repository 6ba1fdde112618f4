import { describe, expect, it } from "@jest/globals";

import { createInstance } from "../../src/index.ts";
import { wasmEngine } from "../../src/module/engine.ts";
import { HASHES_BYTES } from "../../src/substitution/kept-hashes.ts";
import { KEPT_MEMORY_GLOBAL } from "../../src/substitution/kept-memory.ts";
import { substitute } from "../../src/substitution/substitute.ts";
import { compileRules, loadRules } from "../support/policy.ts";

/** More texts than hashes are kept. */
const TEXTS = HASHES_BYTES / 4;
const TABLE = `table := {${Array.from({ length: TEXTS }, (_, index) => `"key-${index}": ${index}`).join(", ")}}`;
const RULES = [
  TABLE,
  "@looked := table[input.key]",
  `@fixed := [table["key-7"], table["key-${TEXTS - 1}"], "key-3" in object.keys(table), "no key" in object.keys(table)]`,
  "@deep := input.subject.tenant.name == data.tenants.acme.name",
  '@made := {"key-1": input.key, input.key: "key-1"}',
  "@stopped := numbers.range(1, input.count)",
].join("\n");
const DATA = { tenants: { acme: { name: "Acme" } } };

describe("kept hashes", () => {
  it("find every key, also where more texts stand in the rules than are kept", async () => {
    const instance = await loadRules(RULES, { data: DATA });
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < TEXTS; index += 97) {
        expect(instance.decide({ key: `key-${index}` }, "t/looked").value).toBe(index);
      }
      expect(instance.decide({}, "t/fixed").value).toEqual([7, TEXTS - 1, true, false]);
      expect(instance.decide({ key: "key-1" }, "t/made").value).toEqual({ "key-1": "key-1" });
      expect(() => instance.decide({ key: "key-x" }, "t/looked")).toThrow("says nothing");
    }
  });

  it("are of no other value after the data changed, and after a machine was replaced", async () => {
    const instance = await loadRules(RULES, { data: DATA, limits: { maxMemoryBytes: 8 * 1024 * 1024 } });
    const input = { subject: { tenant: { name: "Acme" } } };
    expect(instance.decide(input, "t/deep").value).toBe(true);
    instance.setData({ padding: "x".repeat(100_000), tenants: { acme: { name: "Other" } } });
    expect(instance.decide(input, "t/deep").value).toBe(false);
    instance.patchData(["tenants", "acme", "name"], "Acme");
    expect(instance.decide(input, "t/deep").value).toBe(true);
    expect(() => instance.decide({ count: 1_000_000 }, "t/stopped")).toThrow("memory");
    expect(instance.decide(input, "t/deep").value).toBe(true);
    expect(instance.decide({ key: "key-96" }, "t/looked").value).toBe(96);
  });

  it("are asked for in one global, of which the host tells the place", async () => {
    const { wasm } = await compileRules("@named := input.name");
    const exported = wasmEngine.Module.exports(await wasmEngine.compile(substitute(wasm).bytes));
    const before = wasmEngine.Module.exports(await wasmEngine.compile(Uint8Array.from(wasm)));
    expect(exported).toEqual([...before, { name: KEPT_MEMORY_GLOBAL, kind: "global" }]);
  });

  it("are none in a module that tells no names, which decides the same", async () => {
    const contents = await compileRules(RULES, DATA);
    const renamed = Buffer.from(contents.wasm);
    const name = renamed.lastIndexOf("opa_value_hash");
    expect(name).toBeGreaterThan(0);
    renamed.write("opa_value_hush", name, "latin1");
    const [other, instance] = [await createInstance({ ...contents, wasm: renamed }), await createInstance(contents)];
    for (const key of ["key-0", "key-1", "key-1000"]) {
      expect(other.decide({ key }, "t/looked").value).toEqual(instance.decide({ key }, "t/looked").value);
    }
  });

  // 64 characters of three bytes are the longest key that the host keeps beside them.
  it.each(["\u4e00", "\u00e9", "a"])("are out of reach for the keys of an input, of %s", async (unit) => {
    const instance = await loadRules(RULES, { data: DATA });
    for (let shift = 0; shift < 64; shift++) {
      const keys = Array.from({ length: 200 }, (_, index) => [`${index}-`.padEnd(64, unit).slice(0, 64), index]);
      const input = Object.fromEntries([["x".repeat(shift), 0], ...keys]) as unknown;
      instance.decideMany([{ input, entrypoint: "t/looked" }]);
      expect(instance.decide({}, "t/fixed").value).toEqual([7, TEXTS - 1, true, false]);
    }
  });
});
