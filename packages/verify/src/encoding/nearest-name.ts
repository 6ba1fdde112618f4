/** Longer names are not compared: whoever wrote one did not mistype another. */
const MAX_LENGTH = 60;

/** The known name that was most likely meant: at most a third of its letters differ, upper and lower case aside. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const said = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, distance: editDistance(said, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.floor(candidate.length / 3))
    .toSorted((one, other) => one.distance - other.distance)[0]?.candidate;
}

/** Levenshtein's: how many letters to insert, leave out or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
