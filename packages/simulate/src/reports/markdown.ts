import type { BudgetVerdict } from "../budget/budget.ts";
import type { DecisionDiff, FailedCase, FlipGroup } from "../diff/decision-diff.ts";
import { totalFlips } from "../diff/tally.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import { codeBlock, codeSpan, jsonLines } from "./markdown-escape.ts";
import { cut, lineOfJson, visible } from "./visible.ts";
import {
  budgetLine,
  count,
  decidingOf,
  decisionText,
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

const MAX_ROWS = 60;
const MAX_CASES = 30;
const MAX_INPUT = 4_000;
const EMPTY_LINE = "\n\n";
/** No table takes the place of those after it. */
const MAX_TABLE_BYTES = 13_000;

/**
 * The diff as a comment for a pull request: GitHub-flavoured Markdown of at most 60 000 bytes in UTF-8, below GitHub's
 * limit of 65 536 characters. What does not fit is left out from the end, whole blocks at a time, and the last line says
 * how much. Whatever comes from packs and inputs stands in code: it makes no link, mention, image or HTML.
 */
export function diffMarkdown(diff: DecisionDiff, verdict?: BudgetVerdict): string {
  const sections = sectionsOf(diff);
  const groups = sections.flatMap((section) => section.groups);
  const blocks = [
    introduction(diff, verdict),
    ...sections.map((section) => sectionBlock(section, verdict)),
    passRates(diff),
    failedCases(diff.failedCases),
    notesOf(diff)
      .map((note) => `- ${codeSpan(note, 1_500)}`)
      .join("\n"),
    ...groups.map(exampleBlock),
  ].filter((block) => block !== "");
  return fitBlocks(blocks);
}

/** As many blocks as fit, in their order, and a last line about the others. */
function fitBlocks(blocks: readonly string[]): string {
  const room = SIMULATE_LIMITS.maxMarkdownBytes - 400;
  const taken: string[] = [];
  let bytes = 0;
  for (const block of blocks) {
    bytes += Buffer.byteLength(block) + EMPTY_LINE.length;
    if (bytes > room) break;
    taken.push(block);
  }
  const left = blocks.length - taken.length;
  if (left > 0)
    taken.push(
      `**Cut here:** ${count(left, "more block")} of this report did not fit; \`--html\` and \`--json\` have all of it.`,
    );
  return `${taken.join(EMPTY_LINE)}\n`;
}

function introduction(diff: DecisionDiff, verdict: BudgetVerdict | undefined): string {
  const isAlarm = diff.flips.denyToAllow > 0;
  const lines = [
    "## Decision diff",
    `${isAlarm ? "> [!CAUTION]\n" : ""}> **${headline(diff)}**${verdict === undefined ? "" : `\n> ${budgetLine(verdict)}`}`,
    [
      `- old: ${codeSpan(`${nameOf(diff.old)}, ${diff.old.digest}`)}`,
      `- new: ${codeSpan(`${nameOf(diff.new)}, ${diff.new.digest}`)}`,
      `- ${codeSpan(madeFrom(diff), 400)}`,
    ].join("\n"),
  ];
  return lines.join(EMPTY_LINE);
}

function sectionBlock(section: Section, verdict: BudgetVerdict | undefined): string {
  const { direction, title, meaning, groups } = section;
  const mark = direction === "DENY_TO_ALLOW" && groups.length > 0 ? "⛔ " : "";
  const head = `### ${mark}${title}: ${sizeOf(section)}`;
  if (groups.length === 0) return head;
  const hasNotes = verdict !== undefined;
  const rows = groups.map((group) => [
    number(group.count),
    codeSpan(group.entrypoint),
    codeSpan(group.reason),
    ...(hasNotes ? [markOf(group, verdict)] : []),
  ]);
  const heads = ["decisions", "entrypoint", "reason", ...(hasNotes ? ["migration note"] : [])];
  return [head, `These were ${meaning}.`, table(heads, rows, "group")].join(EMPTY_LINE);
}

function passRates(diff: DecisionDiff): string {
  const entries = decidingOf(diff);
  if (entries.length === 0) return "";
  const rows = entries.map((entry) => {
    const { entrypoint, compared, old, new: next, flips } = entry;
    return [
      codeSpan(entrypoint),
      number(compared),
      code(percent(old.allow, compared)),
      code(percent(next.allow, compared)),
      number(totalFlips(flips)),
      remarksOf(entry).join("; "),
    ];
  });
  const heads = ["entrypoint", "compared", "old", "new", "flips", "remarks"];
  return ["### Allowed, by entrypoint", table(heads, rows, "entrypoint")].join(EMPTY_LINE);
}

function failedCases(cases: readonly FailedCase[]): string {
  if (cases.length === 0) return "";
  const lines = cases.slice(0, MAX_CASES).map(({ id, entrypoint, expected, actual }) => {
    const asked = `${codeSpan(id, 100)} at ${codeSpan(entrypoint)}`;
    return `- ${asked}: expected ${codeSpan(lineOfJson(expected), 300)}, is ${codeSpan(decisionText(actual), 300)}`;
  });
  const rest = cases.length - lines.length;
  return [
    `### Recorded cases that the new pack decides otherwise: ${number(cases.length)}`,
    [...lines, ...(rest > 0 ? [`- and ${number(rest)} more`] : [])].join("\n"),
  ].join(EMPTY_LINE);
}

/** GitHub renders Markdown within `<details>` after an empty line; the summary holds nothing from elsewhere. */
function exampleBlock(group: FlipGroup, index: number): string {
  const { name, count: flips, smallest } = group;
  const { input, old, new: next, oldReasons, newReasons, id, shrunk } = smallest;
  const whole = jsonLines(input, MAX_INPUT);
  const answers = [
    `old: ${decisionText(old)}`,
    ...reasonLines(oldReasons).map((line) => `     ${line}`),
    `new: ${decisionText(next)}`,
    ...reasonLines(newReasons).map((line) => `     ${line}`),
  ];
  return [
    `<details><summary>Example ${index + 1}: ${DIRECTIONS[group.direction]}, ${count(flips, "decision")}</summary>`,
    codeSpan(name, 400),
    `The smallest input of this group, ${shrunk ? "shrunk from" : "from"} ${codeSpan(id, 100)}:`,
    whole === undefined ? codeBlock([cut(lineOfJson(input), MAX_INPUT)]) : codeBlock(whole, "json"),
    codeBlock(answers.map((line) => visible(line))),
    "</details>",
  ].join(EMPTY_LINE);
}

const DIRECTIONS: Readonly<Record<FlipGroup["direction"], string>> = {
  DENY_TO_ALLOW: "DENY to ALLOW",
  ALLOW_TO_DENY: "ALLOW to DENY",
  VALUE: "another value",
};

/** As many rows as fit, and how many did not. */
function table(heads: readonly string[], rows: readonly (readonly string[])[], noun: string): string {
  const lines: string[] = [];
  let bytes = 0;
  for (const cells of rows.slice(0, MAX_ROWS)) {
    const line = row(cells);
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_TABLE_BYTES) break;
    lines.push(line);
  }
  const text = [row(heads), row(heads.map(() => "---")), ...lines].join("\n");
  const rest = rows.length - lines.length;
  return rest > 0 ? `${text}${EMPTY_LINE}and ${count(rest, `more ${noun}`)}` : text;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Of the report's own words: `< 0.01 %` would begin a tag, `> 99.99 %` a quote. */
function code(text: string): string {
  return `\`${text}\``;
}
