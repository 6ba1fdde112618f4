import type { JsonValue } from "@policy-pack/pack";
import type { CaseDecision } from "../decide/case-decision.ts";
import type { FlipGroup } from "../diff/decision-diff.ts";
import { CLASSES } from "./chart.ts";
import { html, NOTHING } from "./html.ts";
import type { Markup } from "./html.ts";
import { cut, visible, visibleJson } from "./visible.ts";
import { count, decisionText, reasonLines } from "./words.ts";

const MAX_INPUT = 20_000;

/** One group's example, open where a decision turned from DENY to ALLOW. */
export function exampleDetails({ name, direction, count: flips, smallest }: FlipGroup): Markup {
  const { id, shrunk, input, old, new: next, oldReasons, newReasons } = smallest;
  const content = html`<summary>
      <h3 class="${CLASSES[direction]}-text code">${visible(cut(name, 1_000))}</h3>
      <span class="muted"
        >${count(flips, "decision")}; input ${shrunk ? "shrunk from" : "from"}
        <code>${visible(cut(id, 200))}</code></span
      >
    </summary>
    <pre>${cut(visibleJson(input, 2), MAX_INPUT)}</pre>
    <div class="sides">${side("Old", old, oldReasons)}${side("New", next, newReasons)}</div>`;
  return direction === "DENY_TO_ALLOW" ? html`<details open>${content}</details>` : html`<details>${content}</details>`;
}

function side(title: string, decision: CaseDecision, reasons: JsonValue | undefined): Markup {
  const lines = reasonLines(reasons).map((line) => html`<li>${line}</li>`);
  return html`<div>
    <p><strong>${title}:</strong> <code>${decisionText(decision)}</code></p>
    ${
      lines.length === 0
        ? NOTHING
        : html`<ul>
            ${lines}
          </ul>`
    }
  </div>`;
}
