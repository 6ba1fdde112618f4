import { findValue, isObjectAt } from "../values/json-path.ts";
import type { DataRegion } from "./data-region.ts";

/** A change of one value in the documents; without a value it goes. */
export interface DataPatch {
  /** At least one key. */
  readonly path: readonly string[];
  readonly value?: Uint8Array;
}

/** Below this much of changes, folding them into the documents saves nothing. */
const MIN_FOLDED_BYTES = 64 * 1024;
/** What a change costs beside its value. */
const PATCH_BYTES = 1024;

/**
 * The documents as they are now: the bytes that were given last, and what was changed since. A machine that starts anew
 * loads both. When the changes outgrow the documents they are folded into one text, so neither grows without end.
 */
export class DataDocuments {
  #json: Uint8Array;
  #patches: DataPatch[] = [];
  #patchBytes = 0;

  constructor(json: Uint8Array) {
    this.#json = json;
  }

  load(region: DataRegion): void {
    region.load(this.#json);
    for (const patch of this.#patches) apply(region, patch);
  }

  replace(region: DataRegion, json: Uint8Array): void {
    region.load(json);
    this.#set(json);
  }

  /** False, and nothing has changed, when the path leads through what is no object. */
  patch(region: DataRegion, patch: DataPatch): boolean {
    if (patch.value === undefined) {
      const parent = this.#kindOf(patch.path.slice(0, -1));
      if (parent !== "object") return parent === "missing";
    }
    if (!apply(region, patch)) return false;
    this.#patches.push(patch);
    this.#patchBytes += PATCH_BYTES + (patch.value?.length ?? 0);
    if (this.#patchBytes > MIN_FOLDED_BYTES + this.#json.length) this.fold(region);
    return true;
  }

  /** Loads the documents afresh: the memory of what was replaced is free again. */
  fold(region: DataRegion): void {
    if (this.#patches.length > 0) this.replace(region, region.print());
  }

  #set(json: Uint8Array): void {
    this.#json = json;
    this.#patches = [];
    this.#patchBytes = 0;
  }

  #kindOf(path: readonly string[]): "object" | "missing" | "other" {
    for (const patch of this.#patches.toReversed()) {
      if (patch.value !== undefined && isPrefix(path, patch.path) && path.length < patch.path.length) return "object";
      if (!isPrefix(patch.path, path)) continue;
      return patch.value === undefined ? "missing" : kindIn(patch.value, path.slice(patch.path.length));
    }
    return kindIn(this.#json, path);
  }
}

function apply(region: DataRegion, { path, value }: DataPatch): boolean {
  const pathJson = Buffer.from(JSON.stringify(path));
  if (value !== undefined) return region.add(pathJson, value);
  region.remove(pathJson);
  return true;
}

function isPrefix(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => key === path[index]);
}

function kindIn(json: Uint8Array, path: readonly string[]): "object" | "missing" | "other" {
  const end = findValue(json, path);
  if (end === "missing") return "missing";
  return end !== "blocked" && isObjectAt(json, end) ? "object" : "other";
}
