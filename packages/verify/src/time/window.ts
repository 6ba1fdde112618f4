/** A span of time in milliseconds since 1970, both ends inclusive; without an end it is still open. */
export interface Window {
  readonly start: number;
  readonly end: number | undefined;
}

export function isWithin(time: number, window: Window): boolean {
  return window.start <= time && (window.end === undefined || time <= window.end);
}
