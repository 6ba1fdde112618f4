import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { codeOf } from "./cli-checkout.ts";
import { createEvalPack, writeFiles } from "./eval-pack.ts";
import type { EvalPack } from "./eval-pack.ts";

let pack: EvalPack;

beforeAll(async () => {
  pack = await createEvalPack();
});

afterAll(() => pack.remove());

const SAME = ["--entrypoint", "ask/same"];
const ALLOW = ["--entrypoint", "ask/allow"];
const NOW = ["--entrypoint", "ask/now"];

describe("policy-pack eval of one input", () => {
  it("takes and prints numbers as they are written", async () => {
    const stdin = '{"x": 12345678901234567890.50, "y": 1.0, "z": -12345678901234567890}';
    const { stdout } = await pack.eval([...SAME, "--input", "-"], { stdin });
    expect(stdout).toMatch(
      /^\{\n {2}"x": 12345678901234567890\.50,\n {2}"y": 1\.0,\n {2}"z": -12345678901234567890\n\}\n/,
    );
    const json = await pack.evalJson([...SAME, "--input", "-"], { stdin });
    expect(json.stdout).toContain('"x": 12345678901234567890.50');
  });

  it("says what the policy prints on stderr", async () => {
    const { stdout, stderr } = await pack.eval([...ALLOW, "--input", "-"], { stdin: String.raw`{"x": "\u001b[2J"}` });
    expect(stderr).toContain(String.raw`asked about \u{1b}[2J`);
    expect(stdout).not.toContain("asked about");
  });

  it("answers several entrypoints, and exits 7 when one has no decision", async () => {
    const { status, answer } = await pack.evalJson([...ALLOW, ...SAME, "--input", "-"], { stdin: '{"x":1}' });
    expect([status, answer]).toMatchObject([
      7,
      { results: { "ask/allow": { error: { code: "DECISION_UNDEFINED" } }, "ask/same": { value: { x: 1 } } } },
    ]);
  });

  it.each([
    ["2026-01-31T12:00:00.123456789+01:00", "1769857200123456789"],
    ["-42", "-42"],
  ])("decides at %s", async (now, nanoseconds) => {
    const { stdout } = await pack.eval([...NOW, "--now", now]);
    expect(stdout.split("\n")[0]).toBe(nanoseconds);
  });

  it("draws the same from the same seed", async () => {
    const draw = async (seed: string): Promise<string> =>
      (await pack.eval(["--entrypoint", "ask/drawn", "--seed", seed])).stdout;
    expect(await draw("a")).toBe(await draw("a"));
    expect(await draw("a")).not.toBe(await draw("b"));
  });

  it.each(["2026-02-30T00:00:00Z", "yesterday", "9223372036854775808", "2300-01-01T00:00:00Z"])(
    "exits 2 for the time %s",
    async (now) => {
      expect((await pack.evalJson([...NOW, "--now", now])).status).toBe(2);
    },
  );

  it("decides with other data, and says that it did", async () => {
    await writeFile(pack.at("data.json"), '{"limits": {"least": 0}}');
    const asked = [...ALLOW, "--input", "-", "--data", "data.json"];
    const { status, answer, stderr } = await pack.evalJson(asked, { stdin: '{"x":1}' });
    expect([status, answer]).toMatchObject([0, { value: true, data: expect.stringMatching(/^sha256:/) }]);
    expect(stderr).toMatch(/warning: --data data\.json/);
    await writeFile(pack.at("list.json"), "[]");
    expect((await pack.evalJson([...ALLOW, "--data", "list.json"])).status).toBe(2);
  });

  it("stops at a builtin error only with --strict-builtin-errors", async () => {
    const asked = ["--entrypoint", "ask/parsed", "--input", "-"];
    const stdin = '{"size":"many"}';
    expect(codeOf((await pack.evalJson(asked, { stdin })).answer)).toBe("DECISION_UNDEFINED");
    const strict = await pack.evalJson([...asked, "--strict-builtin-errors"], { stdin });
    expect([strict.status, codeOf(strict.answer)]).toEqual([7, "BUILTIN_FAILED"]);
  });
});

describe("policy-pack eval --explain", () => {
  it("[needs opa] shows OPA's steps and that its answer is the same, at the same time", async () => {
    const { status, stdout } = await pack.eval([...NOW, "--explain"]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/Enter data\.ask\.now[^]*answer is the same: \d{19}\n/),
    ]);
  });

  it("[needs opa] explains why there is no decision, with the error", async () => {
    const { status, stderr } = await pack.eval([...ALLOW, "--input", "-", "--explain"], { stdin: '{"x":1}' });
    expect([status, stderr]).toEqual([
      7,
      expect.stringMatching(/^error DECISION_UNDEFINED[^]*Fail gt\([^]*answer is the same: undefined/m),
    ]);
  });

  it("[needs opa] gives its events with --json, and the data and input that were given", async () => {
    await writeFile(pack.at("low.json"), '{"limits": {"least": 0}}');
    const asked = [...ALLOW, "--input", "-", "--data", "low.json", "--explain"];
    const { status, answer } = await pack.evalJson(asked, { stdin: '{"x":1}' });
    expect([status, answer]).toMatchObject([0, { value: true, explanation: { agrees: true, opa: "true" } }]);
    expect((answer as { explanation: { steps: unknown[] } }).explanation.steps.length).toBeGreaterThan(3);
  });

  it("[needs opa] says so when OPA answers otherwise", async () => {
    const { answer } = await pack.evalJson(["--entrypoint", "ask/drawn", "--seed", "a", "--explain"]);
    expect(answer).toMatchObject({ explanation: { agrees: false, notes: [expect.stringMatching(/rand\.intn/)] } });
  });
});

describe("policy-pack eval with grants", () => {
  const GRANT = ["eval", "dist/reach/v0/reach-v0.tar", "--unsafe-unverified", "--entrypoint"];

  beforeAll(async () => {
    await writeFiles(pack.at, {
      "contracts/reach/v0/opa/reach.rego": `package reach

# METADATA
# entrypoint: true
status := http.send({"method": "GET", "url": input.url, "raise_error": false}).status_code

# METADATA
# entrypoint: true
home := opa.runtime().env.HOME
`,
      "contracts/reach/v0/README.md": "# Reach\n",
      "contracts/reach/v0/manifest.json": '{"manifest": {"revision": 1, "previousDigest": null}}\n',
      "runtime.json": '{"env": {"HOME": "a-home"}}',
    });
    const { status, stderr } = await pack.cli.run(["build", "contracts/reach/v0"]);
    if (status !== 0) throw new Error(stderr);
  });

  it("exits 7 naming what is missing and its flags, before anything is decided", async () => {
    const { status, answer } = await pack.cli.json([...GRANT, "reach/home", "--runtime", "runtime.json"]);
    expect([status, answer]).toMatchObject([
      7,
      { error: { code: "CAPABILITY_MISSING", message: expect.stringMatching(/http\.send.*--allow-http/) } },
    ]);
  });

  it("asks the hosts that are granted, and answers the runtime that is", async () => {
    const server = createServer((_request, response) => response.writeHead(418).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const asked = [
        ...GRANT,
        "reach/status",
        "--entrypoint",
        "reach/home",
        "--input",
        "-",
        "--runtime",
        "runtime.json",
      ];
      const stdin = JSON.stringify({ url });
      const granted = await pack.cli.json([...asked, "--allow-http", "127.0.0.1"], { stdin });
      expect(granted.answer).toMatchObject({
        results: { "reach/status": { value: 418 }, "reach/home": { value: "a-home" } },
      });
      const other = await pack.cli.json([...asked, "--allow-http", "other.example"], { stdin });
      expect(other.answer).toMatchObject({ results: { "reach/status": { value: 0 } } });
    } finally {
      server.close();
    }
  });
});

describe("policy-pack eval --decision-log", () => {
  it("appends chained records, masked and dropped by the pack's own rules", async () => {
    const lines = [{ x: 5, secret: 1 }, { x: 6, quiet: true }, { x: 1 }].map((input) => JSON.stringify(input));
    const flags = [...ALLOW, "--input-lines", "-", "--decision-log", "log.jsonl"];
    const { status, stderr } = await pack.eval(flags, { stdin: lines.join("\n") });
    expect([status, stderr]).toEqual([7, expect.stringMatching(/2 records, 1 dropped by the pack's rule; .*sha256:/)]);
    expect((await pack.eval([...SAME, "--input", "-", "--decision-log", "log.jsonl"], { stdin: "7" })).status).toBe(0);
    const records = (await readFile(pack.at("log.jsonl"), "utf8")).trimEnd().split("\n");
    const checked = await pack.cli.json(["decision-log", "check", "log.jsonl"]);
    expect(checked.answer).toMatchObject({ records: 3, dropped: { drop_rule: 1 } });
    const [first] = records.map((line) => JSON.parse(line) as unknown);
    expect(first).toMatchObject({ path: "ask/allow", input: { x: 5 }, result: true, erased: ["/input/secret"] });
    expect(records[0]).not.toContain('"secret":1');
  });

  it("exits 3 for a file that is no log, and decides nothing", async () => {
    await writeFile(pack.at("other.txt"), "mine\n");
    const { status, answer } = await pack.evalJson([...SAME, "--input", "-", "--decision-log", "other.txt"], {
      stdin: "1",
    });
    expect([status, codeOf(answer)]).toEqual([3, "DECISION_LOG_INVALID"]);
    expect(await readFile(pack.at("other.txt"), "utf8")).toBe("mine\n");
  });
});

describe("policy-pack decision-log check", () => {
  beforeAll(async () => {
    const stdin = "1\n2\n3\n";
    await pack.eval([...SAME, "--input-lines", "-", "--decision-log", "whole.jsonl"], { stdin });
  });

  const check = async (text: string, flags: readonly string[] = []) =>
    pack.cli.json(["decision-log", "check", "-", ...flags], { stdin: text });

  it("says that a log is whole, and where it ends", async () => {
    const { status, stdout } = await pack.cli.run(["decision-log", "check", "whole.jsonl"]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^whole\.jsonl is whole\.[^]*records +3\n[^]*head +sha256:/),
    ]);
  });

  it("finds a line that was changed, taken out or torn", async () => {
    const text = await readFile(pack.at("whole.jsonl"), "utf8");
    const lines = text.trimEnd().split("\n");
    const changed = await check(text.replace('"input":2', '"input":4'));
    expect([changed.status, codeOf(changed.answer)]).toEqual([4, "DECISION_LOG_BROKEN"]);
    const shorter = await check(`${lines[0] ?? ""}\n${lines[2] ?? ""}\n`);
    expect([shorter.status, codeOf(shorter.answer)]).toEqual([4, "DECISION_LOG_BROKEN"]);
    const torn = await check(text.slice(0, -10));
    expect([torn.status, codeOf(torn.answer)]).toEqual([3, "DECISION_LOG_INVALID"]);
    expect((await check(text.slice(0, -10), ["--allow-torn-tail"])).answer).toMatchObject({
      records: 2,
      isTailTorn: true,
    });
  });

  it("holds the log to a head that was kept", async () => {
    const text = await readFile(pack.at("whole.jsonl"), "utf8");
    const whole = await check(text);
    const { head } = whole.answer as { head: { digest: string } };
    expect((await check(text, ["--contains", head.digest])).status).toBe(0);
    const cut = text.slice(0, text.indexOf("\n") + 1);
    const { status, answer } = await check(cut, ["--contains", head.digest]);
    expect([status, codeOf(answer)]).toEqual([4, "DECISION_LOG_BROKEN"]);
  });

  it("exits 2 for a file that is not there, and for a digest that is none", async () => {
    expect((await pack.cli.json(["decision-log", "check", "absent.jsonl"])).status).toBe(2);
    expect([2, 3]).toContain((await check("", ["--contains", "abc"])).status);
  });
});
