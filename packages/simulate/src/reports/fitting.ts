import { html, NOTHING } from "./html.ts";
import type { Markup } from "./html.ts";
import { count } from "./words.ts";

export interface Fitting<Item> {
  readonly toMarkup: (item: Item) => Markup;
  readonly maxBytes: number;
  readonly noun: string;
}

/** As many of the items as fit into the bytes, in their order, and a paragraph about those that did not. */
export function fitItems<Item>(
  items: readonly Item[],
  { toMarkup, maxBytes, noun }: Fitting<Item>,
): { readonly shown: readonly Markup[]; readonly left: Markup } {
  const shown: Markup[] = [];
  let bytes = 0;
  for (const item of items) {
    const markup = toMarkup(item);
    bytes += Buffer.byteLength(markup.toString());
    if (bytes > maxBytes) break;
    shown.push(markup);
  }
  const rest = items.length - shown.length;
  if (rest === 0) return { shown, left: NOTHING };
  const text = `${count(rest, `more ${noun}`)} did not fit into this page; the JSON report has all.`;
  return { shown, left: html`<p><strong>Cut here:</strong> ${text}</p>` };
}
