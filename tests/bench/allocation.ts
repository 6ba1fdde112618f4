import { Session } from "node:inspector/promises";
import type { HeapProfiler } from "node:inspector";
import { readPackUnsafe } from "@policy-pack/pack";
import type { Suite } from "./context.ts";
import { createDeciders } from "./deciders.ts";
import { interleave } from "./measure.ts";
import { INPUT } from "./question.ts";

const ENTRYPOINT = "cos/abac/allow";
const SAMPLING_BYTES = 4096;
const DECISIONS = 100_000;

/** What the engine's sampling heap profiler counts: all that was allocated, also what is long gone. */
export const allocation: Suite = {
  name: "allocation",
  run: async ({ fixture, rounds }) => {
    const { instance, sdk } = await createDeciders(readPackUnsafe(fixture.pack));
    const json = Buffer.from(JSON.stringify(INPUT));
    const contenders = [
      { name: "`instance.decide(input, entrypoint)`", run: () => bytesEach(() => instance.decide(INPUT, ENTRYPOINT)) },
      { name: "`@open-policy-agent/opa-wasm`, an object in", run: () => bytesEach(() => sdk(INPUT, ENTRYPOINT)) },
      { name: "`instance.decide(bytes, entrypoint)`", run: () => bytesEach(() => instance.decide(json, ENTRYPOINT)) },
    ];
    const spreads = await interleave(contenders, rounds);
    return [{ title: "Allocated on JavaScript's heap for one decision", unit: "B", goal: 1, spreads }];
  },
};

async function bytesEach(decide: () => unknown): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.startSampling", {
      samplingInterval: SAMPLING_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    for (let count = 0; count < DECISIONS; count++) decide();
    const { profile } = await session.post("HeapProfiler.stopSampling");
    return sizeOf(profile.head) / DECISIONS;
  } finally {
    session.disconnect();
  }
}

function sizeOf({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((size, child) => size + sizeOf(child), selfSize);
}
