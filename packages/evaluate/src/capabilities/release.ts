import type { Capabilities } from "./capabilities.ts";

const releases = new WeakMap<Capabilities, () => void>();

/** What to do once these capabilities are not needed any more; known for one use, and until then. */
export function onRelease(capabilities: Capabilities, release: () => void): void {
  releases.set(capabilities, release);
}

/** Ends what runs for these capabilities, if anything does; their next use starts it again. */
export function releaseCapabilities(capabilities: Capabilities): void {
  const release = releases.get(capabilities);
  releases.delete(capabilities);
  release?.();
}
