import { readPackUnsafe } from "@policy-pack/pack";
import type { Context, Suite } from "./context.ts";
import { createDeciders, toArrayBuffer } from "./deciders.ts";
import type { Deciders } from "./deciders.ts";
import { answersPerSecond, loadName } from "./load.ts";
import { interleave, perSecond } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { freePort, pinned, startServer } from "./process.ts";
import type { Server } from "./process.ts";
import { INPUT } from "./question.ts";
import type { Comparison } from "./report.ts";
import { missing } from "./tools.ts";

const ENTRYPOINT = "cos/abac/allow";

export const decisions: Suite = {
  name: "decisions",
  run: async (context) => {
    const deciders = await createDeciders(readPackUnsafe(context.fixture.pack));
    return [
      await objectIn(context, deciders),
      await bytesIn(context, deciders),
      await manyIn(context, deciders),
      await besideServer(context, deciders),
    ];
  },
};

/** Answers, but not allow, would be a benchmark of something else. */
function checkAllows(name: string, value: unknown): void {
  if (value !== true) throw new Error(`${name} answered ${JSON.stringify(value)} instead of allowing`);
}

function asking(name: string, turnMs: number, decide: () => unknown): Contender {
  checkAllows(name, decide());
  return { name, run: () => perSecond(decide, turnMs) };
}

async function objectIn({ turnMs, rounds }: Context, { instance, sdk }: Deciders): Promise<Comparison> {
  const contenders = [
    asking("`instance.decide(input, entrypoint)`", turnMs, () => instance.decide(INPUT, ENTRYPOINT).value),
    asking("`@open-policy-agent/opa-wasm`, `policy.evaluate(input, entrypoint)`", turnMs, () => sdk(INPUT, ENTRYPOINT)),
  ];
  const spreads = await interleave(contenders, rounds);
  return { title: `Decisions of ${ENTRYPOINT}, an object in`, unit: "/s", goal: 2.5, spreads };
}

/** The SDK takes JSON too, as an ArrayBuffer: its best. */
async function bytesIn({ turnMs, rounds }: Context, { instance, sdk }: Deciders): Promise<Comparison> {
  const json = Buffer.from(JSON.stringify(INPUT));
  const buffer = toArrayBuffer(json);
  const contenders = [
    asking("`instance.decide(bytes, entrypoint)`", turnMs, () => instance.decide(json, ENTRYPOINT).value),
    asking("`@open-policy-agent/opa-wasm`, an ArrayBuffer in", turnMs, () => sdk(buffer, ENTRYPOINT)),
    asking("`@open-policy-agent/opa-wasm`, `JSON.parse` and an object in", turnMs, () =>
      sdk(JSON.parse(json.toString()), ENTRYPOINT),
    ),
  ];
  const spreads = await interleave(contenders, rounds);
  return { title: `Decisions of ${ENTRYPOINT}, JSON bytes in`, unit: "/s", goal: 3.5, spreads };
}

const FOUR = [ENTRYPOINT, "cos/abac/reasons", "cos/approval/require_human", "cos/budget/decision"] as const;

/** One input, four questions. */
async function manyIn({ turnMs, rounds }: Context, { instance, sdk }: Deciders): Promise<Comparison> {
  const input = {
    ...INPUT,
    context: Array.from({ length: 40 }, (_item, index) => ({ name: `n${index}`, value: index })),
  };
  const questions = FOUR.map((entrypoint) => ({ input, entrypoint }));
  const contenders: Contender[] = [
    {
      name: "`instance.decideMany(questions)`",
      run: () => 4 * perSecond(() => instance.decideMany(questions), turnMs),
    },
    {
      name: "`instance.decide` four times",
      run: () =>
        4 *
        perSecond(() => {
          for (const { entrypoint } of questions) instance.decide(input, entrypoint);
        }, turnMs),
    },
    {
      name: "`@open-policy-agent/opa-wasm`, `policy.evaluate` four times",
      run: () =>
        4 *
        perSecond(() => {
          for (const { entrypoint } of questions) sdk(input, entrypoint);
        }, turnMs),
    },
  ];
  const spreads = await interleave(contenders, rounds);
  return { title: "Decisions of four entrypoints about one input of 1.3 KB", unit: "/s", goal: 1, spreads };
}

async function besideServer(context: Context, { instance }: Deciders): Promise<Comparison> {
  const { tools, turnMs, rounds } = context;
  const notRun = missing(tools, "opa");
  const opa = await startOpa(context);
  try {
    const contenders = [
      asking("`instance.decide(input, entrypoint)`", turnMs, () => instance.decide(INPUT, ENTRYPOINT).value),
      ...(opa === undefined ? [] : [overHttp(context, opa)]),
    ];
    const spreads = await interleave(contenders, rounds);
    const title = `Decisions of ${ENTRYPOINT}, in process and over HTTP, one core each`;
    return { title, unit: "/s", goal: 20, spreads, ...(notRun === undefined ? {} : { notRun }) };
  } finally {
    await opa?.stop();
  }
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
