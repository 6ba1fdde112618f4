import type { GraphStore } from "../service/store.ts";

/** Release r2: answers with the record itself too, in the same number of queries. */
export async function readGraph(store: GraphStore, id: number, signal: AbortSignal): Promise<readonly string[]> {
  const links = await store.linksOf(id, signal);
  return await store.records([id, ...links], signal);
}
