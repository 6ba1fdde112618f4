import { setTimeout as sleep } from "node:timers/promises";

/** What a release gets from the service that it is a version of. */
export interface GraphStore {
  /** The ids of the records that one record is linked to. */
  linksOf(id: number, signal: AbortSignal): Promise<readonly number[]>;
  /** The records with these ids, by one query. */
  records(ids: readonly number[], signal: AbortSignal): Promise<readonly string[]>;
  write(id: number, signal: AbortSignal): Promise<void>;
}

const CONNECTIONS = 12;
const QUERY_MS = 6;
const LINKS = 80;

/** A database as a service sees one: a few connections, each of which is taken for some milliseconds by each query. */
export function createStore(): GraphStore {
  const waiting: (() => void)[] = [];
  let free = CONNECTIONS;
  const query = async <T>(signal: AbortSignal, answer: () => T): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      signal.throwIfAborted();
      await sleep(QUERY_MS, undefined, { signal });
      return answer();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
  return {
    linksOf: (id, signal) => query(signal, () => Array.from({ length: LINKS }, (_, link) => id + link + 1)),
    records: (ids, signal) => query(signal, () => ids.map((id) => `record ${id}`)),
    write: (_id, signal) => query(signal, () => undefined),
  };
}
