import { ConstraintSet } from "./constraint-set.ts";
import { lowerAscii } from "./domain.ts";

/** Domains that names may, or may not, lie in. */
export class DomainSet {
  readonly #set: ConstraintSet<string, string> | undefined;
  /** Of excluded domains, what is behind their first label: a pattern may stand for any of those. */
  readonly #parents: ReadonlySet<string>;

  constructor(domains: readonly string[], { permitted }: { permitted: boolean }) {
    const all = domains.includes("");
    this.#set = all ? undefined : new ConstraintSet(domains, DOMAIN_ORDER);
    const parents = (this.#set?.constraints ?? []).map((domain) => afterFirstLabel(lowerAscii(domain)));
    this.#parents = new Set(permitted ? [] : parents.filter((parent) => parent !== ""));
  }

  covers(name: string): boolean {
    if (this.#set?.covers(name) ?? true) return true;
    return name.startsWith("*") && this.#parents.has(afterFirstLabel(lowerAscii(name)));
  }
}

const DOMAIN_ORDER = { sort: compareDomains, compare: compareDomains, covers: isSuffix, includes: isSuffix };

function isSuffix(suffix: string, name: string): boolean {
  if (!lowerAscii(name).endsWith(lowerAscii(suffix))) return false;
  return (
    suffix.startsWith(".") || name.length === suffix.length || name.charAt(name.length - suffix.length - 1) === "."
  );
}

/** From the end, points before everything else, letters whatever their case. */
function compareDomains(left: string, right: string): number {
  const [a, b] = [lowerAscii(left), lowerAscii(right)];
  for (let index = 1; index <= Math.min(a.length, b.length); index++) {
    const [x, y] = [a.charAt(a.length - index), b.charAt(b.length - index)];
    if (x !== y) return weightOf(x) - weightOf(y);
  }
  return a.length - b.length;
}

function weightOf(character: string): number {
  return character === "." ? 0 : character.charCodeAt(0);
}

/** From the first point on. */
function afterFirstLabel(name: string): string {
  const point = name.indexOf(".");
  return point < 0 ? "" : name.slice(point);
}
