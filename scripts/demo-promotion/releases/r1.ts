import type { GraphStore } from "../service/store.ts";

/** Release r1: what runs in production before the demo begins. */
export async function readGraph(store: GraphStore, id: number, signal: AbortSignal): Promise<readonly string[]> {
  const links = await store.linksOf(id, signal);
  return await store.records(links, signal);
}
