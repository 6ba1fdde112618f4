import { isPackId, messageOf, packPaths } from "@policy-pack/pack";
import type { PackPaths } from "@policy-pack/pack";
import type { FastifyBaseLogger } from "fastify";
import { isFolder } from "./inventory.ts";
import { LIMITS } from "./limits.ts";
import { memoryOf, releasePack } from "./pack-file.ts";
import { isCurrent, readSnapshot } from "./snapshot.ts";
import type { Snapshot } from "./snapshot.ts";

export interface PackStoreOptions {
  readonly root: string;
  readonly inlineBundle: boolean;
  readonly log: FastifyBaseLogger;
}

interface Slot {
  readonly paths: PackPaths;
  snapshot: Snapshot | undefined;
  loading: Promise<Snapshot | undefined> | undefined;
  usedAt: number;
}

/**
 * The packs below one root, ready to be sent. Each answer looks at the files anew, so that a rebuilt pack or a new
 * bundle is there at the next request; only reading and hashing are saved.
 */
export class PackStore {
  readonly #options: PackStoreOptions;
  readonly #slots = new Map<string, Slot>();
  #clock = 0;

  constructor(options: PackStoreOptions) {
    this.#options = options;
  }

  /** The pack if it is ready and its files have not changed; with the bundle's file looked at too, if asked for. */
  current(packId: string, withBundle: boolean): Snapshot | undefined {
    const slot = this.#slots.get(packId);
    if (slot?.snapshot === undefined) return undefined;
    if (!isCurrent(slot.snapshot, slot.paths, withBundle || this.#options.inlineBundle)) return undefined;
    slot.usedAt = this.#clock += 1;
    return slot.snapshot;
  }

  /**
   * The pack as its files are now; undefined when it is not built. Requests at the same time share one reading, unless
   * that began before they came: what it saw may be older than they are.
   * @throws TransportError PACK_NOT_BUILT when a file keeps changing while it is read
   */
  async load(packId: string): Promise<Snapshot | undefined> {
    const earlier = this.#slots.get(packId)?.loading;
    if (earlier !== undefined) await earlier.catch(messageOf);
    const ready = this.current(packId, true);
    if (ready !== undefined) return ready;
    const slot = this.#slotOf(packId);
    slot.loading ??= this.#read(packId, slot);
    return await slot.loading;
  }

  /** Whether the pack has a source or an output folder. */
  isKnown(packId: string): boolean {
    if (!isPackId(packId)) return false;
    const { source, output } = packPaths(this.#options.root, packId);
    return isFolder(source) || isFolder(output);
  }

  /** Closes every descriptor that no answer needs any more. */
  close(): void {
    for (const [packId, slot] of this.#slots) this.#drop(packId, slot);
  }

  #slotOf(packId: string): Slot {
    const known = this.#slots.get(packId);
    if (known !== undefined) return known;
    const paths = packPaths(this.#options.root, packId);
    const slot: Slot = { paths, snapshot: undefined, loading: undefined, usedAt: (this.#clock += 1) };
    this.#slots.set(packId, slot);
    return slot;
  }

  async #read(packId: string, slot: Slot): Promise<Snapshot | undefined> {
    const previous = slot.snapshot;
    try {
      slot.snapshot = await readSnapshot({ ...this.#options, packId, paths: slot.paths, previous });
      if (previous !== undefined && previous.pack !== slot.snapshot?.pack) releasePack(previous.pack);
      return slot.snapshot;
    } finally {
      slot.loading = undefined;
      // Names that lead to nothing are not kept: anyone can make them up.
      if (slot.snapshot === undefined) this.#slots.delete(packId);
      this.#trim(slot);
    }
  }

  #drop(packId: string, slot: Slot): void {
    this.#slots.delete(packId);
    if (slot.snapshot !== undefined) releasePack(slot.snapshot.pack);
    slot.snapshot = undefined;
  }

  #trim(latest: Slot): void {
    const idle = [...this.#slots]
      .filter(([, slot]) => slot !== latest && slot.loading === undefined)
      .sort(([, a], [, b]) => b.usedAt - a.usedAt);
    let bytes = this.#memory();
    while (bytes > LIMITS.maxMemoryBytes || this.#slots.size > LIMITS.maxReadyPacks) {
      const [packId, slot] = idle.pop() ?? [];
      if (packId === undefined || slot === undefined) return;
      this.#drop(packId, slot);
      bytes = this.#memory();
    }
  }

  #memory(): number {
    let bytes = 0;
    for (const { snapshot } of this.#slots.values()) bytes += snapshot === undefined ? 0 : memoryOf(snapshot.pack);
    return bytes;
  }
}
