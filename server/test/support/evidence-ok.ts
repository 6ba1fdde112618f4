import { expect } from "@jest/globals";
import type { Answer } from "./ask.ts";
import { createPromotionWorld } from "./promotion-world.ts";
import type { PromotionWorld, WorldOptions } from "./promotion-world.ts";

export interface EvidenceOk {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
  readonly stale: boolean;
  readonly packDigest: string | null;
  readonly revision: string | null;
  readonly decidedAt: string;
  readonly snapshot: object | null;
  readonly cost: object | null;
}

/** The answer of `evidenceOk`, which is 200 with data and nothing else. */
export function readEvidenceOk(answer: Answer): EvidenceOk {
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  expect(answer.headers["cache-control"]).toBe("no-store");
  const { data, ...others } = answer.json() as { data: { evidenceOk: EvidenceOk } };
  expect(others).toEqual({});
  return data.evidenceOk;
}

/** The codes of its reasons. */
export function codesOf({ reasons }: EvidenceOk): readonly string[] {
  return reasons.map((reason) => reason.split(": ")[0] ?? "");
}

/** A server that runs the pack and has whole, current evidence. */
export async function withWorld(
  pack: Uint8Array,
  use: (world: PromotionWorld) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const world = await createPromotionWorld(options);
  try {
    await world.install(pack);
    world.measure();
    await use(world);
  } finally {
    await world.close();
  }
}

/** Expects that the release is not ok, for exactly these reasons. */
export async function expectNotOk(world: PromotionWorld, ...codes: readonly string[]): Promise<EvidenceOk> {
  const answer = readEvidenceOk(await world.evidenceOk());
  expect(answer.ok).toBe(false);
  expect(codesOf(answer)).toEqual(codes);
  return answer;
}
