import { createInstance } from "@policy-pack/evaluate";
import { readPackUnsafe } from "@policy-pack/pack";
import type { PackContents } from "@policy-pack/pack";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import type { Context, Suite } from "./context.ts";
import { answersPerSecond, loadName } from "./load.ts";
import { interleave, perSecond } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { freePort, pinned, startServer } from "./process.ts";
import type { Server } from "./process.ts";
import { INPUT } from "./question.ts";
import type { Comparison } from "./report.ts";
import { missing } from "./tools.ts";

const ENTRYPOINT = "cos/abac/allow";

export const decisions: Suite = { name: "decisions", run };

async function run(context: Context): Promise<readonly Comparison[]> {
  const { fixture, tools, rounds, turnMs } = context;
  const contents = readPackUnsafe(fixture.pack);
  const notRun = missing(tools, "opa");
  const opa = await startOpa(context);
  try {
    const contenders = [
      await ours(contents, turnMs),
      ...(opa === undefined ? [] : [overHttp(context, opa)]),
      await sdk(contents, turnMs),
    ];
    return [
      {
        title: `Decisions of ${ENTRYPOINT}`,
        unit: "/s",
        goal: 5,
        spreads: await interleave(contenders, rounds),
        ...(notRun === undefined ? {} : { notRun }),
      },
    ];
  } finally {
    await opa?.stop();
  }
}

/** Answers, but not allow, would be a benchmark of something else. */
function checkAllows(name: string, value: unknown): void {
  if (value !== true) throw new Error(`${name} answered ${JSON.stringify(value)} instead of allowing`);
}

async function ours(contents: PackContents, turnMs: number): Promise<Contender> {
  const instance = await createInstance(contents);
  const name = "`instance.decide(input, entrypoint)`";
  const decide = (): unknown => instance.decide(INPUT, ENTRYPOINT).value;
  checkAllows(name, decide());
  return { name, run: () => perSecond(decide, turnMs) };
}

/** The SDK brings no time builtins; these are what its users write. */
const TIME_BUILTINS = {
  "time.now_ns": () => Date.now() * 1e6,
  "time.parse_rfc3339_ns": (text: string) => Date.parse(text) * 1e6,
};

async function sdk({ wasm, data }: PackContents, turnMs: number): Promise<Contender> {
  const policy = await loadPolicy(Uint8Array.from(wasm), undefined, TIME_BUILTINS);
  policy.setData(data as object);
  const name = "`@open-policy-agent/opa-wasm`, `policy.evaluate(input, entrypoint)`";
  const decide = (): unknown => policy.evaluate(INPUT, ENTRYPOINT);
  checkAllows(name, (decide() as readonly { readonly result: unknown }[])[0]?.result);
  return { name, run: () => perSecond(decide, turnMs) };
}

async function startOpa({ fixture, tools }: Context): Promise<Server | undefined> {
  if (tools.opa === undefined) return undefined;
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [
    "--addr",
    address,
    "--log-level",
    "error",
    "--skip-version-check",
    "--bundle",
    fixture.paths.opaBundle,
  ];
  const command = [tools.opa, "run", "--server", ...flags] as const;
  return startServer(pinned(tools, 0, command), `http://${address}/v1/data/${ENTRYPOINT}`, fixture.root);
}

function overHttp({ tools, turnMs }: Context, { url }: Server): Contender {
  const body = JSON.stringify({ input: INPUT });
  const headers = { "content-type": "application/json" };
  return {
    name: `\`opa run\` over HTTP, 32 keep-alive connections, load by ${loadName(tools)}`,
    run: async () => {
      const answer = await fetch(url, { method: "POST", headers, body });
      checkAllows("opa run", ((await answer.json()) as { readonly result?: unknown }).result);
      return answersPerSecond(tools, { url, headers, body, status: 200 }, turnMs);
    },
  };
}
