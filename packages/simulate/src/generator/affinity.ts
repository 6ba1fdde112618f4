/** Words that stand in names everywhere and bind nothing together. */
const COMMON = new Set(
  "data config input value values limit limits max min default defaults the is of in at to a an and or by per".split(
    " ",
  ),
);

/** The words of names: `maxReadP95Ms` and `max_read_p95_ms` have `read`, `p95` and `ms`. */
export function wordsOf(names: readonly string[]): ReadonlySet<string> {
  const words = names
    .flatMap((name) => name.match(/[A-Z]?[a-z0-9]+|[A-Z0-9]+/g) ?? [])
    .map((word) => word.toLowerCase());
  return new Set(words.filter((word) => word.length > 1 && !COMMON.has(word)));
}

/** Whether a field's name and a boundary's names have a word in common, so that the one is likely held against the other. */
export function isAkin(field: ReadonlySet<string>, boundary: ReadonlySet<string>): boolean {
  return [...field].some((word) => boundary.has(word));
}
