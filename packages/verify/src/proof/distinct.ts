/**
 * Puts what shares a tag into one group, also by way of others: of {a}, {a, b}, {b} and {c} there are two groups. Counting
 * groups is the careful way to count who is independent. Returns the indexes of each group.
 */
export function groupByTags(tagged: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const groups: { tags: Set<string>; members: number[] }[] = [];
  tagged.forEach((tags, index) => {
    const joined = { tags: new Set(tags), members: [index] };
    const touched = groups.filter((group) => tags.some((tag) => group.tags.has(tag)));
    for (const group of touched) {
      group.tags.forEach((tag) => joined.tags.add(tag));
      joined.members.push(...group.members);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(joined);
  });
  return groups.map(({ members }) => members.toSorted((one, other) => one - other));
}
