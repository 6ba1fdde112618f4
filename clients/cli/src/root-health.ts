import type { AuthorityFacts } from "./authorities.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is wrong with a role of a trusted root, or will be. */
export interface RootProblem {
  /**
   * `ended`: no authority of the role is open now; `ending`: the last one ends soon and none follows; `gap`: for some
   * time none is open, though one follows later.
   */
  readonly kind: "ended" | "ending" | "gap";
  readonly role: string;
  /** ISO 8601: when the time without an authority begins. */
  readonly from: string;
  /** When the next one begins; null when none does. */
  readonly until: string | null;
  /** True when it lies ahead or is now, so that new signatures are concerned; false for signatures of the past. */
  readonly isCurrent: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Looks at each role that the trusted root fills at all: whether an authority is open now, whether one will be until
 * `soonDays` from now, and whether there were times without one.
 */
export function findRootProblems(
  authorities: readonly AuthorityFacts[],
  { now, soonDays }: { readonly now: Date; readonly soonDays: number },
): readonly RootProblem[] {
  const roles = [...new Set(authorities.map(({ role }) => role))];
  return roles.flatMap((role) => {
    const open = coverage(authorities.filter((authority) => authority.role === role).map(toSpan));
    return holesOf(open).flatMap(([from, until]) => toProblem(role, from, until, now.getTime(), soonDays * DAY_MS));
  });
}

function toSpan({ start, end }: AuthorityFacts): Span {
  return { start: Date.parse(start), end: end === null ? Infinity : Date.parse(end) };
}

/** Overlapping and touching spans joined, in order. */
function coverage(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans.filter(({ start, end }) => end >= start).toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last === undefined || span.start > last.end + 1000) joined.push(span);
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return joined;
}

/** The times without an authority: before the first, between two and after the last. */
function holesOf(open: readonly Span[]): readonly (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = [];
  let end = -Infinity;
  for (const span of open) {
    edges.push([end, span.start]);
    end = span.end;
  }
  return end === Infinity ? edges : [...edges, [end, Infinity]];
}

function toProblem(role: string, from: number, until: number, now: number, soonMs: number): readonly RootProblem[] {
  const isNow = from < now && now < until;
  const isBeforeTheFirst = from === -Infinity;
  if (isBeforeTheFirst && !isNow) return [];
  const isSoon = from >= now && from <= now + soonMs;
  const isLast = until === Infinity;
  if (isLast && from > now + soonMs) return [];
  const kind = isNow ? "ended" : isLast ? "ending" : "gap";
  const problem = {
    kind,
    role,
    from: isBeforeTheFirst ? new Date(now).toISOString() : new Date(from).toISOString(),
    until: isLast ? null : new Date(until).toISOString(),
    isCurrent: isNow || isSoon,
  } as const;
  return [problem];
}
