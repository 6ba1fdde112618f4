import type { BudgetVerdict } from "../budget/budget.ts";
import type { DecisionDiff, EntrypointDiff, FailedCase, FlipGroup, PackName } from "../diff/decision-diff.ts";
import { totalFlips } from "../diff/tally.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import { CLASSES, flipChart, passRateChart } from "./chart.ts";
import { exampleDetails } from "./example-details.ts";
import { fitItems } from "./fitting.ts";
import { html, NOTHING } from "./html.ts";
import type { Markup } from "./html.ts";
import { POLICY, STYLE_ELEMENT } from "./style.ts";
import { cut, lineOfJson, visible } from "./visible.ts";
import {
  budgetLine,
  decidingOf,
  decisionText,
  headline,
  madeFrom,
  markOf,
  nameOf,
  notesOf,
  number,
  percent,
  remarksOf,
  sectionsOf,
  sizeOf,
  titleOf,
} from "./words.ts";
import type { Section } from "./words.ts";

/** Of each table and list, so that none takes the place of those after it. */
const MAX_TABLE_BYTES = 1024 * 1024;
/** More than the page has around its parts: head, style and tags. */
const FRAME_BYTES = 16 * 1024;

/**
 * The diff as one HTML page that needs nothing else: no script, no file, no network; its own Content-Security-Policy
 * permits only its own style. Charts are inline SVG with a title, a description and a table of the same numbers.
 * Whatever comes from packs and inputs is text, escaped. At most 8 MiB: examples beyond are left out, and it is said.
 */
export function diffHtml(diff: DecisionDiff, verdict?: BudgetVerdict): string {
  const sections = sectionsOf(diff);
  const groups = sections.flatMap((section) => section.groups);
  const parts = [
    introduction(diff, verdict),
    ...(groups.length === 0 ? [] : [flipChart(groups)]),
    ...sections.map((section) => sectionPart(section, verdict)),
    rates(diff),
    failedCases(diff.failedCases),
    notes(diff),
  ];
  const used = parts.reduce((bytes, part) => bytes + Buffer.byteLength(part.toString()), FRAME_BYTES);
  const body = [...parts, exampleSection(groups, SIMULATE_LIMITS.maxPageBytes - used)];
  return `<!doctype html>\n${page(titleOf(diff), body).toString()}\n`;
}

function page(title: string, body: readonly Markup[]): Markup {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>${title}</title>
      ${STYLE_ELEMENT}
    </head>
    <body>
      <main>${body}</main>
    </body>
  </html>`;
}

function introduction(diff: DecisionDiff, verdict: BudgetVerdict | undefined): Markup {
  const total = totalFlips(diff.flips);
  const look =
    diff.flips.denyToAllow > 0 ? "verdict opens" : total > 0 || diff.compared === 0 ? "verdict closes" : "verdict";
  return html`<h1>Decision diff</h1>
    <div class="${look}">
      <p>${headline(diff)}</p>
      ${verdict === undefined ? NOTHING : html`<p>${budgetLine(verdict)}</p>`}
    </div>
    <dl>
      <dt>old</dt>
      <dd>${packText(diff.old)}</dd>
      <dt>new</dt>
      <dd>${packText(diff.new)}</dd>
      <dt>from</dt>
      <dd>${madeFrom(diff)}</dd>
    </dl>`;
}

function packText(pack: PackName): Markup {
  return html`${nameOf(pack)} <code>${visible(pack.digest)}</code>`;
}

function sectionPart(section: Section, verdict: BudgetVerdict | undefined): Markup {
  const { direction, title, meaning, groups } = section;
  const heading = html`<h2 class="${groups.length === 0 ? "muted" : `${CLASSES[direction]}-text`}">
    ${title}: ${sizeOf(section)}
  </h2>`;
  if (groups.length === 0) return heading;
  const hasNotes = verdict !== undefined;
  const toMarkup = (group: FlipGroup): Markup =>
    html`<tr>
      <td class="number">${number(group.count)}</td>
      <td><code>${visible(cut(group.entrypoint, 300))}</code></td>
      <td><code>${visible(cut(group.reason, 1_000))}</code></td>
      ${hasNotes ? html`<td>${markOf(group, verdict)}</td>` : NOTHING}
    </tr>`;
  const rows = fitItems(groups, { toMarkup, maxBytes: MAX_TABLE_BYTES, noun: "group" });
  return html`<section>
    ${heading}
    <div class="scroll">
      <table>
        <caption>
          These were ${meaning}.
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">decisions</th>
            <th scope="col">entrypoint</th>
            <th scope="col">reason</th>
            ${hasNotes ? html`<th scope="col">migration note</th>` : NOTHING}
          </tr>
        </thead>
        <tbody>
          ${rows.shown}
        </tbody>
      </table>
    </div>
    ${rows.left}
  </section>`;
}

function rates(diff: DecisionDiff): Markup {
  const entries = decidingOf(diff);
  if (entries.length === 0) return NOTHING;
  const rows = fitItems(entries, { toMarkup: rateRow, maxBytes: MAX_TABLE_BYTES, noun: "entrypoint" });
  return html`<section>
    <h2>Allowed, by entrypoint</h2>
    ${passRateChart(diff)}
    <div class="scroll">
      <table>
        <caption>
          The numbers of the chart.
        </caption>
        <thead>
          <tr>
            <th scope="col">entrypoint</th>
            <th scope="col" class="number">compared</th>
            <th scope="col" class="number">old</th>
            <th scope="col" class="number">new</th>
            <th scope="col" class="number">flips</th>
            <th scope="col">remarks</th>
          </tr>
        </thead>
        <tbody>
          ${rows.shown}
        </tbody>
      </table>
    </div>
    ${rows.left}
  </section>`;
}

function rateRow(entry: EntrypointDiff): Markup {
  const { entrypoint, compared, old, new: next, flips } = entry;
  return html`<tr>
    <td><code>${visible(cut(entrypoint, 300))}</code></td>
    <td class="number">${number(compared)}</td>
    <td class="number">${percent(old.allow, compared)}</td>
    <td class="number">${percent(next.allow, compared)}</td>
    <td class="number">${number(totalFlips(flips))}</td>
    <td>${remarksOf(entry).join("; ")}</td>
  </tr>`;
}

function failedCases(cases: readonly FailedCase[]): Markup {
  if (cases.length === 0) return NOTHING;
  const items = fitItems(cases, { toMarkup: caseItem, maxBytes: MAX_TABLE_BYTES, noun: "case" });
  return html`<section>
    <h2 class="opens-text">Recorded cases that the new pack decides otherwise: ${number(cases.length)}</h2>
    <ul>
      ${items.shown}
    </ul>
    ${items.left}
  </section>`;
}

function caseItem({ id, entrypoint, expected, actual }: FailedCase): Markup {
  return html`<li>
    <code>${visible(cut(id, 200))}</code> at <code>${visible(cut(entrypoint, 300))}</code>: expected
    <code>${cut(lineOfJson(expected), 500)}</code>, is <code>${decisionText(actual)}</code>
  </li>`;
}

function notes(diff: DecisionDiff): Markup {
  const items = notesOf(diff).map((note) => html`<li>${note}</li>`);
  return items.length === 0
    ? NOTHING
    : html`<section>
        <h2>Notes</h2>
        <ul>
          ${items}
        </ul>
      </section>`;
}

/** The examples that fit into so many bytes, in the order of the tables. */
function exampleSection(groups: readonly FlipGroup[], room: number): Markup {
  if (groups.length === 0) return NOTHING;
  const examples = fitItems(groups, { toMarkup: exampleDetails, maxBytes: room, noun: "example" });
  return html`<section>
    <h2>The smallest input of each group</h2>
    ${examples.shown}${examples.left}
  </section>`;
}
