import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { createCli } from "../e2e/cli-run.ts";
import type { Cli } from "../e2e/cli-run.ts";
import { readAction, readWorkflows } from "./workflow-files.ts";

/** How the command is called in shells, and in running text where a verb follows. */
const CALLED =
  /(?<!-C ")(?:policy-pack(?:\.js)?|\$POLICY_PACK|\$policy_pack)"? +([a-z][a-z-]+(?: [a-z][a-z-]+)?)([^\n|;&<>)`]*)/g;
const NESTED = ["contract", "policy", "trusted-root"];

interface Call {
  readonly place: string;
  readonly verb: string;
  readonly flags: readonly string[];
}

let temp: TempDir;
let cli: Cli;

beforeAll(async () => {
  temp = await createTempDir();
  cli = await createCli(temp.path);
});
afterAll(() => temp.remove());

function callsIn(place: string, text: string): readonly Call[] {
  const lines = text.replaceAll(/\\\n\s*/g, " ").replaceAll(/\$\{\w+(?:\[@\])?:?\+/g, " ");
  return [...lines.matchAll(CALLED)].map(([, words = "", rest = ""]) => {
    const [verb = "", second = ""] = words.split(" ");
    const flags = `${words} ${rest}`.match(/(?<=[\s"])--[a-z][a-z-]*/g) ?? [];
    return { place, verb: NESTED.includes(verb) ? `${verb} ${second}` : verb, flags };
  });
}

const shells: readonly (readonly [string, string])[] = [
  ...readWorkflows().flatMap(({ file, jobs }) =>
    Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => [file, run] as const)),
  ),
  ...readAction().runs.steps.map(({ run = "" }) => ["action.yml", run] as const),
  ...readdirSync("scripts")
    .filter((name) => name.endsWith(".sh"))
    .map((name) => [name, readFileSync(`scripts/${name}`, "utf8").replaceAll(/^#.*$/gm, "")] as const),
  ...[...readFileSync("docs/ci.md", "utf8").matchAll(/^```bash\n(.*?)^```$/gms)].map(
    ([, text = ""]) => ["ci.md", text] as const,
  ),
];

describe("what workflows, the action, scripts and docs/ci.md call", () => {
  const calls = shells.flatMap(([place, text]) => callsIn(place, text));

  it("is found", () => {
    const verbs = new Set(calls.map(({ verb }) => verb));
    expect([...verbs].sort()).toEqual(
      [
        ["attest", "build", "contract check", "diff", "init", "policy check", "release", "sign", "simulate"],
        ["trusted-root refresh", "verify", "verify-attestation"],
      ].flat(),
    );
    expect(calls.filter(({ flags }) => flags.length > 0).length).toBeGreaterThan(20);
  });

  it("is what the command has: each verb, and each of its flags", async () => {
    const helps = new Map<string, string>();
    for (const { verb } of calls) {
      if (!helps.has(verb)) helps.set(verb, (await cli.run([...verb.split(" "), "--help"])).stdout);
    }
    const unknown = calls.flatMap(({ place, verb, flags }) =>
      ["", ...flags].flatMap((flag) => {
        const help = helps.get(verb) ?? "";
        const known =
          help.startsWith(`Usage: policy-pack ${verb} `) && new RegExp(`(?:^|\\s)${flag}(?:[\\s,]|$)`, "m").test(help);
        return known ? [] : [`${place}: ${verb} ${flag}`];
      }),
    );
    expect(unknown).toEqual([]);
  });
});
