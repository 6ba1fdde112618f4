import { afterEach, describe, expect, it } from "@jest/globals";
import { compilePack } from "@policy-pack/testkit";
import { ModuleAsker } from "../../src/parity/module-asker.ts";
import type { AskOptions } from "../../src/parity/module-asker.ts";

const ENTRYPOINT = "# METADATA\n# scope: document\n# entrypoint: true\n";
const REGO = `package a

${ENTRYPOINT}seen := [input.x, data.y]

${ENTRYPOINT}slow := count([1 | some i in numbers.range(1, 3000); some j in numbers.range(1, 3000); i == j])

${ENTRYPOINT}twice := 1 if input.x

twice := 2 if input.x

${ENTRYPOINT}full := [concat("", [input.x | some i in numbers.range(1, 100000)]) | some j in numbers.range(1, 100)]
`;
const surroundings = { nowNs: undefined, isFixed: true, runtime: "{}" };

let asker: ModuleAsker | undefined;
afterEach(() => asker?.close());

async function start(data: string, options: Partial<AskOptions> = {}): Promise<ModuleAsker> {
  const { contents } = await compilePack({ "opa/a/a.rego": REGO });
  const { wasm, entrypoints } = contents;
  asker = new ModuleAsker(
    { wasm: new Uint8Array(wasm), data, entrypoints, surroundings },
    { deadlineMs: 60_000, ...options },
  );
  return asker;
}

describe("ModuleAsker", () => {
  it("when asked answers with the value, none, or that the policy stopped", async () => {
    const module = await start('{"y": 1.0}');
    expect(await module.ask({ entrypoint: "a/seen", input: '{"x": 9007199254740993}' })).toEqual({
      kind: "value",
      text: "[9007199254740993,1.0]",
    });
    expect(await module.ask({ entrypoint: "a/seen", input: undefined })).toEqual({ kind: "undefined" });
    expect(await module.ask({ entrypoint: "a/twice", input: '{"x": 1}' })).toMatchObject({ kind: "error" });
  });

  it("when the policy does not answer in time says so, and goes on with the next question", async () => {
    const module = await start('{"y": 2}', { deadlineMs: 1 });
    expect(await module.ask({ entrypoint: "a/slow", input: "{}" })).toEqual({ kind: "timeout", ms: 1 });
    const patient = await start('{"y": 2}');
    expect(await patient.ask({ entrypoint: "a/seen", input: '{"x": 1}' })).toMatchObject({ text: "[1,2]" });
  });

  it("when the module runs out of memory says that it failed, and not that the policy stopped", async () => {
    const module = await start("{}");
    const input = JSON.stringify({ x: "x".repeat(10_000) });
    expect(await module.ask({ entrypoint: "a/full", input })).toMatchObject({ kind: "failure" });
  });

  it("when the module does not start throws SOURCE_INVALID", async () => {
    asker = new ModuleAsker(
      { wasm: Buffer.from("no module"), data: "{}", entrypoints: [], surroundings },
      { deadlineMs: 1_000 },
    );
    await expect(asker.ask({ entrypoint: "a/seen", input: "{}" })).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });

  it("when aborted throws the reason", async () => {
    const module = await start("{}", { signal: AbortSignal.abort(new Error("enough")) });
    await expect(module.ask({ entrypoint: "a/seen", input: "{}" })).rejects.toThrow("enough");
  });
});
