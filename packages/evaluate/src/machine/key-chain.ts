import type { MemoryView } from "./memory.ts";
import { HASH, LAYOUT } from "./value-layout.ts";

const LENGTH_WORD = LAYOUT.string.length >>> 2;
const START_WORD = LAYOUT.string.start >>> 2;
const NEXT_WORD = LAYOUT.objectElement.next >>> 2;

/**
 * Puts an object's element where its key belongs in a sorted chain; false when the key is there already. Element and
 * bucket are word indices.
 */
export function chain(memory: MemoryView, element: number, bucket: number): boolean {
  const { words } = memory;
  let slot = bucket;
  let next = words[slot] ?? 0;
  while (next !== 0) {
    const order = compareStrings(memory, words[next >>> 2] ?? 0, words[element] ?? 0);
    if (order === 0) return false;
    if (order > 0) break;
    slot = (next >>> 2) + NEXT_WORD;
    next = words[slot] ?? 0;
  }
  words[element + NEXT_WORD] = next;
  words[slot] = element << 2;
  return true;
}

/** By their bytes, as the module orders them. */
function compareStrings({ bytes, words }: MemoryView, left: number, right: number): number {
  const [leftWord, rightWord] = [left >>> 2, right >>> 2];
  const leftLength = words[leftWord + LENGTH_WORD] ?? 0;
  const rightLength = words[rightWord + LENGTH_WORD] ?? 0;
  const leftStart = words[leftWord + START_WORD] ?? 0;
  const rightStart = words[rightWord + START_WORD] ?? 0;
  const length = Math.min(leftLength, rightLength);
  for (let index = 0; index < length; index++) {
    const order = (bytes[leftStart + index] ?? 0) - (bytes[rightStart + index] ?? 0);
    if (order !== 0) return order;
  }
  return leftLength - rightLength;
}

export function hashString({ bytes, words }: MemoryView, address: number): number {
  const word = address >>> 2;
  const start = words[word + START_WORD] ?? 0;
  const end = start + (words[word + LENGTH_WORD] ?? 0);
  let hash: number = HASH.start;
  for (let index = start; index < end; index++) hash = Math.imul(hash, HASH.prime) ^ (bytes[index] ?? 0);
  return hash;
}
