import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findTestOpa } from "@policy-pack/testkit";
import { runCli } from "../../src/program.ts";
import { createCheckout, PACK, TAR } from "../contract/checkout.ts";
import type { Checkout } from "../contract/checkout.ts";
import { createTerminal } from "../support.ts";

type Fields = Readonly<Record<string, unknown>>;

let original: Checkout;
let pack: Checkout;
let path = "";
beforeAll(async () => {
  path = [dirname(await findTestOpa()), process.env["PATH"] ?? ""].join(delimiter);
  original = await createCheckout();
  original.commit();
});
afterAll(() => original.remove());
beforeEach(async () => {
  pack = await original.copy();
});
afterEach(() => pack.remove());

const ENTRYPOINT = "# METADATA\n# scope: document\n# entrypoint: true\n";
/** OPA prints where it keeps the number; a host of modules, which has no such place, stops the decision. */
const TOLD = {
  "opa/a/b.rego": `package a\n\n${ENTRYPOINT}told := sprintf("%p", [123456789012345678901234567890 * input.x])\n`,
};
const FAILING = { "opa/a/b_test.rego": "package b_test\n\ntest_that_fails if 1 == 2\n" };
const CALLS_HTTP = {
  "opa/a/b.rego": `package a\n\n${ENTRYPOINT}asked := http.send({"method": "get", "url": input.y}).status_code\n`,
};
const PRINTS = { "opa/a/b.rego": `package a\n\n${ENTRYPOINT}said if print("asked about", input.x)\n` };

/** What a person reads. */
async function read(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const terminal = createTerminal({ cwd: pack.path, env: { PATH: path, HOME: pack.path } });
  const status = await runCli(args, terminal);
  return { status, out: terminal.out(), err: terminal.err() };
}

const manifest = (): Fields & { readonly requires: Fields } => {
  const text = readFileSync(join(pack.path, PACK, "manifest.json"), "utf8");
  return (JSON.parse(text) as { manifest: Fields & { requires: Fields } }).manifest;
};
const digest = (): string => `sha256:${(manifest()["digest"] as { value: string }).value}`;

describe("test", () => {
  it("when all is well answers what ran and what was compared, and writes nothing", async () => {
    const before = pack.git("status", "--porcelain", "--ignored");
    const { status, json } = await pack.run("test", PACK);
    expect(status).toBe(0);
    expect(json).toMatchObject({
      packId: "test-pack-v0",
      result: "PASSED",
      tests: { passedTests: ["data.a_test.test_it"], skippedTests: [], failedTests: [] },
      failures: null,
      requires: { builtins: [], capabilities: [] },
      parity: { seed: 42, inputs: 100, cases: 0, decisions: 200, tests: 1, differences: [], notCompared: [] },
      opa: { version: "1.20.2" },
    });
    expect(pack.git("status", "--porcelain", "--ignored")).toBe(before);
  });

  it("when inputs and a seed are given draws those, and a person reads of them", async () => {
    const { status, out } = await read("test", PACK, "--inputs", "7", "--seed", "5");
    expect(status).toBe(0);
    expect(out).toMatch(/^test-pack-v0\n\ntest .*1 passed, .* % of the lines covered, with OPA 1\.20\.2\nparity /);
    expect(out).toContain("1 tests and 14 decisions alike (0 recorded cases, 7 inputs a package of seed 5)");
    expect(out).toMatch(/a\/allow +7 decisions +alike\n/);
  });

  it("when a test fails shows OPA's words and still holds the module against OPA", async () => {
    pack.write(FAILING);
    expect(await pack.run("test", PACK)).toMatchObject({
      status: 2,
      code: "SOURCE_TESTS_FAILED",
      json: {
        result: "FAILED",
        tests: { failedTests: ["data.b_test.test_that_fails"] },
        failures: expect.stringContaining("data.b_test.test_that_fails: FAIL"),
        parity: { tests: 2, differences: [], testDifferences: [] },
      },
    });
    const { err } = await read("test", PACK);
    expect(err).toMatch(/^error SOURCE_TESTS_FAILED: [^]*data\.b_test\.test_that_fails: FAIL[^]*1 passed, 1 failed/);
  });

  it("when a test is left out says so, and what the others gave", async () => {
    pack.write({ "opa/a/b_test.rego": "package b_test\n\ntodo_test_later if false\n" });
    expect(await pack.run("test", PACK)).toMatchObject({
      status: 2,
      code: "SOURCE_TESTS_FAILED",
      json: {
        result: "WARNED",
        tests: { passedTests: ["data.a_test.test_it"], skippedTests: ["data.b_test.todo_test_later"] },
        failures: expect.stringContaining("data.b_test.todo_test_later: SKIPPED"),
        coverage: expect.any(Number),
      },
    });
  });

  it("when the module decides otherwise shows the smallest input with both answers", async () => {
    pack.write(TOLD);
    const { status, code, json } = await pack.run("test", PACK);
    expect([status, code, json["result"]]).toEqual([2, "PARITY_FAILED", "FAILED"]);
    expect(json["parity"]).toMatchObject({ differences: [{ entrypoint: "a/told", input: { x: expect.any(Number) } }] });
    const { err } = await read("test", PACK);
    expect(err).toMatch(/a\/told +100 decisions +[0-9]+ differ/);
    expect(err).toMatch(/\n {2}input {2}\{"x":.*\n {2}OPA {4}"0x.*\n {2}module error: /);
    expect(await pack.run("build", PACK)).toMatchObject({ status: 2, code: "PARITY_FAILED" });
  });

  it.each([
    ["--inputs", "-1"],
    ["--inputs", "many"],
    ["--inputs", "10000001"],
    ["--seed", "1.5"],
    ["--seed", "4294967296"],
  ])("when %s is %s throws CONFIG_INVALID", async (flag, value) => {
    expect(await pack.run("test", PACK, flag, value)).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(await pack.run("build", PACK, flag, value)).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
  });

  it("when there is no such folder throws SOURCE_INVALID", async () => {
    expect(await pack.run("test", "contracts/none/v0")).toMatchObject({ status: 2, code: "SOURCE_INVALID" });
  });
});

describe("build", () => {
  it("when a policy calls out says which capability a host must grant, and so does inspect", async () => {
    pack.write(CALLS_HTTP);
    const requires = { builtins: ["http.send"], capabilities: ["http.send"] };
    const built = await read("build", PACK, "--inputs", "5");
    expect(built).toMatchObject({ status: 0, out: expect.stringContaining("Needs http.send: a host refuses") });
    expect(built.out).toContain("5 inputs a package of seed 42");
    expect(manifest()).toMatchObject({ requires });
    expect((await pack.run("inspect", TAR)).json).toMatchObject({ requires });
    for (const file of [TAR, `${PACK}/manifest.json`]) {
      expect((await read("inspect", file)).out).toMatch(/needs +http\.send \(a capability\)\n/);
    }
  });

  it("when print() calls are asked for keeps them in later builds and in a rebuild, until they are not", async () => {
    pack.write(PRINTS);
    expect(await pack.run("build", PACK)).toMatchObject({ status: 0, json: { requires: { builtins: [] } } });
    const silent = digest();
    const printing = await read("build", PACK, "--wasm-include-print");
    expect(printing).toMatchObject({ status: 0, out: expect.stringContaining("Prints: ") });
    expect(manifest().requires).toEqual({ builtins: ["internal.print"], capabilities: [] });
    expect(digest()).not.toBe(silent);
    expect(await pack.run("build", PACK)).toMatchObject({ status: 0, json: { changed: [] } });
    expect(await pack.run("rebuild", PACK, "--expect", digest())).toMatchObject({ status: 0, json: { matched: true } });
    expect(await pack.run("build", PACK, "--no-wasm-include-print")).toMatchObject({
      status: 0,
      json: { digest: silent },
    });
  });
});

describe("a manifest that says otherwise what its module asks of a host", () => {
  it.each([
    ["more", '{ "builtins": ["time.now_ns"], "capabilities": [] }'],
    ["print() calls", '{ "builtins": ["internal.print"], "capabilities": [] }'],
  ])("when it names %s is found by contract check and refused by rebuild", async (_what, requires) => {
    pack.editManifest(/"requires": \{[^}]*\}/, `"requires": ${requires}`);
    expect((await pack.check("--base", "main")).codes).toEqual(["MANIFEST_OUTDATED"]);
    expect(await pack.run("rebuild", PACK, "--expect", digest())).toMatchObject({
      status: 2,
      code: "MANIFEST_OUTDATED",
    });
  });

  it("when it is of an earlier time and names nothing rebuilds all the same, and contract check asks for a build", async () => {
    pack.editManifest(/"requires": \{[^}]*\},/, "");
    expect(await pack.run("rebuild", PACK, "--expect", digest())).toMatchObject({ status: 0, json: { matched: true } });
    expect((await pack.check("--base", "main")).codes).toEqual(["MANIFEST_OUTDATED"]);
    expect(await pack.run("build", PACK)).toMatchObject({ status: 0, json: { revision: 1 } });
    expect((await pack.check("--base", "main")).codes).toEqual([]);
  });
});
