import type { Forgery } from "@policy-pack/testkit";

const START = "<!-- forgeries: written by `node tests/vectors/write-table.ts` -->";
const END = "<!-- end of forgeries -->";

const cell = (text: string): string => JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("|", "\\|");

/** The items under what they have in common, in the order in which that first appears. */
export function groupedBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const keys = [...new Set(items.map(keyOf))];
  return keys.map((key) => [key, items.filter((item) => keyOf(item) === key)]);
}

/** The table of forgeries: one section a group, one row a forgery or family of them. */
export function renderForgeries(forgeries: readonly Forgery[]): string {
  const sections = groupedBy(forgeries, ({ group }) => group).map(([group, members]) => {
    const rows = groupedBy(members, ({ family, name }) => family ?? name).map(([name, alike]) => toRow(name, alike));
    const head = "| forgery | must be | because |";
    return [`### ${group} (${members.length})`, "", head, "| --- | --- | --- |", ...rows].join("\n");
  });
  return sections.join("\n\n");
}

function toRow(name: string, alike: readonly Forgery[]): string {
  const [first] = alike;
  if (first === undefined) return "";
  const { expected, expectedByDigest, why } = first;
  const code = expected === expectedByDigest ? expected : `${expected} (by digest: ${expectedByDigest})`;
  return `| ${cell(name)}${alike.length > 1 ? ` (${alike.length} pairs)` : ""} | ${code} | ${cell(why)} |`;
}

/** The document with its table made anew. */
export function withTable(document: string, table: string): string {
  const [before, rest = ""] = document.split(START);
  const after = rest.slice(rest.indexOf(END) + END.length);
  return `${before ?? ""}${START}\n\n${table}\n\n${END}${after}`;
}
