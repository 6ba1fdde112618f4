import type { BudgetVerdict } from "../budget/budget.ts";
import type { DecisionDiff, EntrypointDiff, FailedCase, FlipGroup, PackName } from "../diff/decision-diff.ts";
import { totalFlips } from "../diff/tally.ts";
import { Layout } from "./layout.ts";
import type { Column, TextLook, TextStyle } from "./layout.ts";
import { cut, lineOfJson, visible } from "./visible.ts";
import {
  budgetLine,
  count,
  decidingOf,
  decisionText,
  failedCaseText,
  headline,
  madeFrom,
  markOf,
  nameOf,
  notesOf,
  number,
  percent,
  reasonLines,
  remarksOf,
  sectionsOf,
  sizeOf,
} from "./words.ts";
import type { Section } from "./words.ts";

/** More than this nobody reads on a terminal; the JSON has all. */
const MAX_ROWS = 30;
const MAX_EXAMPLES = 12;
const MAX_CASES = 20;
const MAX_INPUT = 1_200;
const INDENT = "      ";

/**
 * The diff for a terminal: what turns from DENY to ALLOW first, then the other directions, pass rates and the smallest
 * example of each group. Whatever comes from packs and inputs is shown without control, format or direction characters.
 * Long lists and long inputs are cut, and it is said.
 */
export function diffText(diff: DecisionDiff, verdict?: BudgetVerdict, look: TextLook = {}): string {
  const layout = new Layout(look);
  const sections = sectionsOf(diff);
  const numbers = new Map(sections.flatMap(({ groups }) => groups).map((group, index) => [group, index + 1]));
  const context = { layout, verdict, numbers };
  const blocks = [
    introduction(diff, context),
    ...sections.map((section) => sectionLines(section, context)),
    passRates(diff, layout),
    examples(sections, context),
    failedCases(diff.failedCases, layout),
    notesOf(diff).flatMap((note) => layout.wrap(`Note: ${note}`)),
    verdict === undefined
      ? []
      : layout.wrap(budgetLine(verdict)).map((line) => layout.paint(verdict.ok ? "good" : "bad", line)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

interface Context {
  readonly layout: Layout;
  readonly verdict: BudgetVerdict | undefined;
  /** Each group's number in this report. */
  readonly numbers: ReadonlyMap<FlipGroup, number>;
}

function introduction(diff: DecisionDiff, { layout }: Context): readonly string[] {
  const style: TextStyle = diff.flips.denyToAllow > 0 ? "bad" : "bold";
  return [
    ...layout.wrap(headline(diff)).map((line) => layout.paint(style, line)),
    ...packLines("old", diff.old, layout),
    ...packLines("new", diff.new, layout),
    ...layout.wrap(madeFrom(diff), "  "),
  ];
}

function packLines(side: string, pack: PackName, layout: Layout): readonly string[] {
  return [...layout.wrap(`${side} ${nameOf(pack)}`, "  "), ...layout.wrap(visible(pack.digest), "      ")];
}

function sectionLines(section: Section, { layout, verdict, numbers }: Context): readonly string[] {
  const { direction, title, meaning, flips, groups } = section;
  const isAlarm = direction === "DENY_TO_ALLOW" && (flips > 0 || groups.length > 0);
  const head = isAlarm ? ` !! ${title}: ${sizeOf(section)} !! ` : `${title}: ${sizeOf(section)}`;
  const first = layout.paint(isAlarm ? "alarm" : "bold", head.slice(0, layout.width));
  if (groups.length === 0) return [first];
  const columns: readonly Column[] = [
    { head: "#", isNumber: true },
    { head: "COUNT", isNumber: true },
    { head: "ENTRYPOINT" },
    { head: "REASON" },
    ...(verdict === undefined ? [] : [{ head: "NOTE" }]),
  ];
  const rows = groups
    .slice(0, MAX_ROWS)
    .map((group) => [
      String(numbers.get(group) ?? 0),
      number(group.count),
      visible(group.entrypoint),
      visible(group.reason),
      markOf(group, verdict),
    ]);
  const rest = groups.length - rows.length;
  const more = rest > 0 ? [`  and ${count(rest, "more group")}; --json tells all`] : [];
  return [first, ...layout.wrap(meaning, "  "), ...layout.table(columns, rows), ...more];
}

function passRates(diff: DecisionDiff, layout: Layout): readonly string[] {
  const entries = decidingOf(diff);
  if (entries.length === 0) return [];
  const columns = [
    { head: "ENTRYPOINT" },
    { head: "COMPARED", isNumber: true },
    { head: "OLD", isNumber: true },
    { head: "NEW", isNumber: true },
    { head: "FLIPS", isNumber: true },
  ];
  const rows = entries.slice(0, MAX_ROWS).map(rateRow);
  const rest = entries.length - rows.length;
  const remarks = entries.slice(0, MAX_ROWS).flatMap((entry) => {
    const texts = remarksOf(entry);
    return texts.length === 0 ? [] : layout.wrap(`${visible(cut(entry.entrypoint, 200))}: ${texts.join("; ")}`, "  ");
  });
  return [
    layout.paint("bold", "Allowed, by entrypoint"),
    ...layout.table(columns, rows),
    ...(rest > 0 ? [`  and ${count(rest, "more entrypoint")}; --json tells all`] : []),
    ...remarks,
  ];
}

function rateRow({ entrypoint, compared, old, new: next, flips }: EntrypointDiff): readonly string[] {
  return [
    visible(entrypoint),
    number(compared),
    percent(old.allow, compared),
    percent(next.allow, compared),
    number(totalFlips(flips)),
  ];
}

function examples(sections: readonly Section[], context: Context): readonly string[] {
  const groups = sections.flatMap((section) => section.groups);
  if (groups.length === 0) return [];
  const shown = groups.slice(0, MAX_EXAMPLES);
  const rest = groups.length - shown.length;
  return [
    context.layout.paint("bold", "The smallest input of each group"),
    ...shown.flatMap((group) => exampleLines(group, context)),
    ...(rest > 0 ? [`  and ${count(rest, "more example")}; --json tells all`] : []),
  ];
}

function exampleLines(group: FlipGroup, { layout, numbers }: Context): readonly string[] {
  const { input, old, new: next, oldReasons, newReasons, id, shrunk } = group.smallest;
  const title = layout.wrap(`[${numbers.get(group) ?? 0}] ${visible(cut(group.name, 400))}`, "  ");
  const from = `${count(group.count, "decision")}; input ${shrunk ? "shrunk from " : ""}${visible(cut(id, 100))}`;
  return [
    ...title.map((line) => (group.direction === "DENY_TO_ALLOW" ? layout.paint("bad", line) : line)),
    ...layout.wrap(from, INDENT).map((line) => layout.paint("dim", line)),
    ...layout.wrap(cut(lineOfJson(input), MAX_INPUT), INDENT),
    ...layout.wrap(`old: ${decisionText(old)}`, INDENT),
    ...reasonLines(oldReasons).flatMap((line) => layout.wrap(line, `${INDENT}     `)),
    ...layout.wrap(`new: ${decisionText(next)}`, INDENT),
    ...reasonLines(newReasons).flatMap((line) => layout.wrap(line, `${INDENT}     `)),
  ];
}

function failedCases(cases: readonly FailedCase[], layout: Layout): readonly string[] {
  if (cases.length === 0) return [];
  const rest = cases.length - MAX_CASES;
  return [
    layout.paint("bad", `Recorded cases that the new pack decides otherwise: ${number(cases.length)}`),
    ...cases
      .slice(0, MAX_CASES)
      .flatMap((failed) => [
        ...layout.wrap(`${visible(cut(failed.id, 100))} at ${visible(cut(failed.entrypoint, 200))}`, "  "),
        ...layout.wrap(failedCaseText(failed), INDENT),
      ]),
    ...(rest > 0 ? [`  and ${number(rest)} more; --json tells all`] : []),
  ];
}
