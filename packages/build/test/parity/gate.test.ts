import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mergeData } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { parseRecordedCases, toCaseInputs } from "@policy-pack/simulate";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { buildPack } from "../../src/build.ts";
import { compileRego } from "../../src/compile.ts";
import type { CompiledRego } from "../../src/compile.ts";
import type { ParityOptions, ParityReport } from "../../src/parity/parity.ts";
import { createSteps } from "../../src/steps.ts";
import { sourceFiles, writeFiles } from "../sources.ts";

let opa = "";
beforeAll(async () => {
  opa = await findTestOpa();
});

const ENTRYPOINT = "# METADATA\n# scope: document\n# entrypoint: true\n";
/** Rules of the package `a`, each an entrypoint; what follows a blank line in one is none. */
const policy = (...rules: readonly string[]): string =>
  `package a\n\n${rules.map((rule) => `${ENTRYPOINT}${rule}\n`).join("\n")}`;
const schema = (properties: object): string => JSON.stringify({ type: "object", properties });
const SCHEMA = "opa/schemas/a/input.json";
/** OPA prints where it keeps the number; a host of modules, which has no such place, stops the decision. */
const TOLD = policy('told := sprintf("%p", [123456789012345678901234567890 * input.n])');
const NUMBERS = schema({ n: { type: "integer", minimum: 1, maximum: 9 }, more: { type: "string" } });
const DIFFERING = { "opa/a/a.rego": TOLD, [SCHEMA]: NUMBERS, "opa/a/a_test.rego": undefined };

function compile(
  changes: Readonly<Record<string, string | undefined>>,
  options: Partial<ParityOptions> = {},
): Promise<CompiledRego> {
  const files: SourceFile[] = Object.entries(sourceFiles(changes)).map(([path, text]) => {
    return { path, bytes: Buffer.from(text) };
  });
  const parity: ParityOptions = { seed: 42, inputs: 40, cases: [], onDifference: "report", ...options };
  return compileRego({ files, data: mergeData(files) }, { opa, steps: createSteps(), parity });
}

async function check(
  changes: Readonly<Record<string, string | undefined>>,
  options: Partial<ParityOptions> = {},
): Promise<ParityReport> {
  const { parity } = await compile(changes, options);
  if (parity === undefined) throw new Error("the gate did not run");
  return parity;
}

describe("checkParity", () => {
  it("when both decide alike tells how much was asked, and how to ask it again", async () => {
    const cases = toCaseInputs(
      parseRecordedCases(
        JSON.stringify({ cases: [{ name: "one", entrypoint: "a/allow", input: { x: 3 }, expected: true, why: "so" }] }),
        "cases/a.json",
      ),
    );
    expect(await check({}, { cases })).toEqual({
      generator: "policy-pack-inputs/1",
      seed: 42,
      inputs: 40,
      cases: 1,
      decisions: 82,
      entrypoints: ["a/allow", "a/reasons"].map((entrypoint) => ({ entrypoint, decisions: 41, differences: 0 })),
      tests: 2,
      testDifferences: [],
      differences: [],
      notCompared: [],
    });
  });

  it("when a decision differs tells the smallest input with both answers, the same each time", async () => {
    const report = await check(DIFFERING);
    expect(report.differences).toEqual([
      {
        entrypoint: "a/told",
        count: report.entrypoints[0]?.differences,
        from: expect.stringMatching(/^random:a:/),
        input: { n: expect.any(Number) },
        opa: expect.stringMatching(/^"0x[0-9a-f]+"$/),
        module: expect.stringMatching(/^error: /),
      },
    ]);
    const again = await check(DIFFERING);
    expect(again.entrypoints).toEqual(report.entrypoints);
    expect(again.differences.map(({ from, input }) => [from, input])).toEqual(
      report.differences.map(({ from, input }) => [from, input]),
    );
    expect((await check(DIFFERING, { seed: 43 })).seed).toBe(43);
  });

  it("when nothing is drawn still asks the recorded cases", async () => {
    const input = { n: 7, more: "not needed" };
    const cases = toCaseInputs([{ name: "two", entrypoint: "a/told", input, expected: "0x0", why: "so" }]);
    const { differences, decisions } = await check(DIFFERING, { inputs: 0, cases });
    expect(decisions).toBe(1);
    expect(differences).toMatchObject([{ from: "case:two", count: 1, input: { n: 7 } }]);
    expect((await check(DIFFERING, { inputs: 0 })).differences).toEqual([]);
  });

  it("when a policy stops on some inputs sees that both do, and compares the others", async () => {
    const stops = policy("twice := 1 if input.x\n\ntwice := 2 if input.y", "other := input.x");
    const flags = schema({ x: { type: "boolean" }, y: { type: "boolean" } });
    const report = await check({ "opa/a/a.rego": stops, [SCHEMA]: flags, "opa/a/a_test.rego": undefined });
    expect(report).toMatchObject({ decisions: 80, differences: [] });
  });

  it("when a policy asks for the time, lots, an environment or a host sees the same in both", async () => {
    const rules = policy(
      "now := time.now_ns()",
      'lots := [rand.intn("a", 1000), uuid.rfc4122("a"), rand.intn(input.x, 5)]',
      "environment := opa.runtime()",
      'answer := http.send({"method": "get", "url": "http://127.0.0.1:1/", "raise_error": false})',
      'address := net.lookup_ip_addr("localhost")',
    );
    const { parity, requires } = await compile({ "opa/a/a.rego": rules, "opa/a/a_test.rego": undefined });
    expect(parity).toMatchObject({ decisions: 200, differences: [] });
    expect(requires.capabilities).toEqual(["http.send", "net.lookup_ip_addr", "opa.runtime"]);
  });

  it("when the module does not answer in time ends it, tells it and asks that entrypoint no more", async () => {
    const slow = policy(
      "slow := count([1 | some i in numbers.range(1, 700); some j in numbers.range(1, 700); i == j]) if input.x == 1",
    );
    const one = schema({ x: { const: 1 }, y: { type: "string" } });
    const report = await check(
      { "opa/a/a.rego": slow, [SCHEMA]: one, "opa/a/a_test.rego": undefined },
      { inputs: 2, deadlineMs: 30 },
    );
    expect(report.entrypoints).toEqual([{ entrypoint: "a/slow", decisions: 1, differences: 1 }]);
    expect(report.differences).toMatchObject([
      { entrypoint: "a/slow", input: { x: 1 }, module: expect.stringMatching(/^no answer within 30 ms/) },
    ]);
  });

  it("when the data has numbers beyond doubles gives both all their digits", async () => {
    const big = policy("big := data.x.big == 9007199254740993", "huge := data.x.huge");
    const data = '{"big": 9007199254740993, "huge": 123456789012345678901234567890}';
    const report = await check({ "opa/a/a.rego": big, "data/x/data.json": data, "opa/a/a_test.rego": undefined });
    expect(report).toMatchObject({ decisions: 80, differences: [] });
  });

  it("when a compiled test comes out otherwise names it", async () => {
    const tests = `package a_test

import data.a

test_told if a.told with input as {"n": 1}

test_cases[name] if {
	some name, n in {"small": 0, "large": 2}
	a.told with input as {"n": n}
}

test_many[name] if {
	some name in ["one", "two"]
	not a.told with input as {}
}
`;
    const report = await check({ ...DIFFERING, "opa/a/a_test.rego": tests }, { inputs: 0 });
    expect(report).toMatchObject({
      tests: 3,
      testDifferences: [
        { name: "data.a_test.test_cases/large", opa: "passed", module: expect.stringMatching(/^failed \(/) },
        { name: "data.a_test.test_cases/small", opa: "passed", module: expect.stringMatching(/^failed \(/) },
        { name: "data.a_test.test_told", opa: "passed", module: expect.stringMatching(/^failed \(/) },
      ],
    });
  });

  it("when tests call what no module can names them, and compares those of other packages", async () => {
    const parsing = 'package parse_test\n\ntest_parse if rego.parse_module("a.rego", "package a").package\n';
    const report = await check({ "opa/a/parse_test.rego": parsing }, { inputs: 0 });
    expect(report).toMatchObject({
      tests: 2,
      testDifferences: [],
      notCompared: [
        { name: "a/allow" },
        { name: "a/reasons" },
        { name: "data.parse_test.test_parse", why: expect.stringContaining("rego.parse_module") },
      ],
    });
  });

  it("when an entrypoint is asked nothing, or never has a value, names it as not compared", async () => {
    const rules = policy("never := 1 if input.x == input.y.z.absent", "always := 1");
    const changes = { "opa/a/a.rego": rules, "opa/a/a_test.rego": undefined };
    const { notCompared, entrypoints } = await check(changes);
    expect(entrypoints).toMatchObject([{ decisions: 40 }, { decisions: 40 }]);
    expect(notCompared).toEqual([{ name: "a/never", why: expect.stringContaining("no value") }]);
    expect((await check(changes, { inputs: 0 })).notCompared).toEqual(
      ["a/always", "a/never"].map((name) => ({ name, why: expect.stringContaining("no input") })),
    );
  });

  it("when a recorded case is about a package without entrypoints names it", async () => {
    const cases = toCaseInputs([{ name: "lost", entrypoint: "b/allow", input: {}, expected: true, why: "so" }]);
    expect(await check({}, { cases })).toMatchObject({
      cases: 0,
      notCompared: [{ name: "case:lost" }, { name: "a/allow" }],
    });
  });

  it("when a token is asked whether it is valid now gives both the machine's time", async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const from = Math.floor(Date.now() / 1_000) - 3_600;
    const unsigned = `${part({ alg: "HS256", typ: "JWT" })}.${part({ nbf: from, exp: from + 7_200 })}`;
    const token = `${unsigned}.${createHmac("sha256", "secret").update(unsigned).digest("base64url")}`;
    const rules = policy(
      `valid := io.jwt.decode_verify(${JSON.stringify(token)}, {"secret": "secret", "alg": "HS256"})[0]`,
      "now := time.now_ns()",
    );
    const report = await check({ "opa/a/a.rego": rules, "opa/a/a_test.rego": undefined }, { inputs: 2 });
    expect(report).toMatchObject({ decisions: 4, differences: [], notCompared: [] });
  });

  it("when OPA prints too much of all inputs asks it about fewer at once", async () => {
    const rules = policy(
      'long := concat("", [chunk | some i in numbers.range(1, 1000)])\n\nchunk := sprintf("%01000d", [1])',
    );
    const report = await check({ "opa/a/a.rego": rules, "opa/a/a_test.rego": undefined });
    expect(report).toMatchObject({ decisions: 40, differences: [], notCompared: [] });
  });

  it("when a schema cannot be drawn from names its package", async () => {
    const { notCompared, decisions } = await check({ [SCHEMA]: '{"$ref": "https://example.test/input.json"}' });
    expect(decisions).toBe(0);
    expect(notCompared).toMatchObject([
      { name: "random inputs of a", why: expect.stringContaining(SCHEMA) },
      { name: "a/allow" },
      { name: "a/reasons" },
    ]);
  });

  it("when asked to tell its progress tells it to the end", async () => {
    const told: (readonly number[])[] = [];
    const onProgress = (...counts: readonly number[]): unknown => told.push(counts);
    await check({}, { inputs: 7, onProgress });
    expect(told).toEqual([[7, 7]]);
  });

  it("when aborted throws the reason", async () => {
    const files = Object.entries(sourceFiles()).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
    const signal = AbortSignal.abort(new Error("enough"));
    const options = { opa, steps: createSteps(), signal, parity: { seed: 1, inputs: 1, cases: [] } };
    await expect(compileRego({ files, data: mergeData(files) }, options)).rejects.toThrow("enough");
  });
});

describe("buildPack", () => {
  let temp: TempDir;
  beforeEach(async () => {
    temp = await createTempDir();
  });
  afterEach(() => temp.remove());

  it("when OPA and the module decide differently throws PARITY_FAILED with the input and writes nothing", async () => {
    const sourceDir = join(temp.path, "test-pack", "v0");
    const outDir = join(temp.path, "dist");
    writeFiles(sourceDir, sourceFiles(DIFFERING));
    await expect(buildPack({ sourceDir, outDir, opa })).rejects.toMatchObject({
      code: "PARITY_FAILED",
      message: expect.stringMatching(/a\/told[^]*\n {2}input {2}\{"n":[^]*\n {2}OPA {4}"0x[^]*\n {2}module error: /),
    });
    expect([outDir, join(sourceDir, "manifest.json")].map(existsSync)).toEqual([false, false]);
  });
});
