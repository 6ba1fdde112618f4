import type { DecisionDiff, FlipDirection, FlipGroup } from "../diff/decision-diff.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { fit, visible } from "./visible.ts";
import { count, decidingOf, number, percent } from "./words.ts";

/** More bars than these are no picture; the table after each chart has all. */
const MAX_BARS = 24;
/** As many characters as a wide page shows. A narrow one shows fewer, and the tables have all. */
const LABEL = 100;
const ROW = 62;
const FLIP_ROW = 46;

export const CLASSES: Readonly<Record<FlipDirection, string>> = {
  DENY_TO_ALLOW: "opens",
  ALLOW_TO_DENY: "closes",
  VALUE: "other",
};

const ARROWS: Readonly<Record<FlipDirection, string>> = {
  DENY_TO_ALLOW: "DENY→ALLOW",
  ALLOW_TO_DENY: "ALLOW→DENY",
  VALUE: "value",
};

/** Two bars an entrypoint: the share that each pack allows. Widths are shares of the picture, so that text keeps its size. */
export function passRateChart(diff: DecisionDiff): Markup {
  const entries = decidingOf(diff).slice(0, MAX_BARS);
  const bars = entries.map(({ entrypoint, compared, old, new: next }, index) => {
    const [before, after] = [percent(old.allow, compared), percent(next.allow, compared)];
    const y = index * ROW;
    return html`<g
      ><text x="0" y="${y + 15}">${before} → ${after}</text
      ><text class="code" x="12em" y="${y + 15}">${label(entrypoint)}</text
      ><rect class="before" x="0" y="${y + 22}" width="${share(old.allow, compared)}" height="12"></rect
      ><rect class="after" x="0" y="${y + 36}" width="${share(next.allow, compared)}" height="12"></rect
    ></g>`;
  });
  const height = entries.length * ROW;
  const grid = ["25%", "50%", "75%"].map(
    (x) => html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}"></line>`,
  );
  return html`<figure>
    <figcaption>Allowed decisions by entrypoint</figcaption>
    <p class="muted">
      Upper bar: the old pack. Lower bar: the new one. The dotted lines stand at 25, 50 and 75
      %.${rest(decidingOf(diff).length, "entrypoint")}
    </p>
    <svg role="img" aria-labelledby="rates-title rates-text" height="${height}" xmlns="http://www.w3.org/2000/svg">
      <title id="rates-title">Allowed decisions by entrypoint, old and new</title>
      <desc id="rates-text">
        A bar for the old and one for the new pack at each of ${count(entries.length, "entrypoint")}. The table after
        this chart has the same numbers.
      </desc>
      ${grid}${bars}
    </svg>
  </figure>`;
}

/** A bar a group of flips, the largest as wide as the picture. Direction stands in words, too. */
export function flipChart(groups: readonly FlipGroup[]): Markup {
  const shown = groups.slice(0, MAX_BARS);
  const most = Math.max(1, ...shown.map((group) => group.count));
  const bars = shown.map(({ entrypoint, reason, direction, count: flips }, index) => {
    const y = index * FLIP_ROW;
    return html`<g
      ><text x="0" y="${y + 15}">${number(flips)}</text
      ><text class="code" x="6em" y="${y + 15}">${ARROWS[direction]} ${label(`${entrypoint} ${reason}`)}</text
      ><rect class="${CLASSES[direction]}" x="0" y="${y + 22}" width="${share(flips, most)}" height="14"></rect
    ></g>`;
  });
  return html`<figure>
    <figcaption>Decisions that change, by group</figcaption>
    <p class="muted">DENY to ALLOW comes first.${rest(groups.length, "group")}</p>
    <svg
      role="img"
      aria-labelledby="flips-title flips-text"
      height="${shown.length * FLIP_ROW}"
      xmlns="http://www.w3.org/2000/svg"
    >
      <title id="flips-title">Decisions that change, by group</title>
      <desc id="flips-text">
        A bar for each of ${count(shown.length, "group")}. The tables after this chart have the same numbers.
      </desc>
      ${bars}
    </svg>
  </figure>`;
}

function rest(total: number, noun: string): string {
  return total > MAX_BARS ? ` Shown are ${MAX_BARS} of ${count(total, noun)}.` : "";
}

function label(text: string): string {
  return fit(visible(text), LABEL);
}

/** Never so narrow that something looks like nothing, and never beyond the picture. */
function share(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return "0%";
  return `${Math.min(100, Math.max(0.4, (100 * part) / whole)).toFixed(2)}%`;
}
