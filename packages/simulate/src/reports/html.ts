const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Markup that is safe as it is: made by `html`, or a constant of this program. */
export class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

type Part = string | number | Markup | readonly Markup[];

/**
 * Markup with every text in it escaped, for text and for attribute values in quotes. Only there may texts stand: never
 * in a tag's or an attribute's name, a style, a script or a URL.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literals.reduce((whole, literal, index) => `${whole}${toMarkup(parts[index - 1])}${literal}`));
}

/** Nothing at all. */
export const NOTHING = new Markup("");

function toMarkup(part: Part | undefined): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.toString();
  if (typeof part === "object") return part.map(toMarkup).join("");
  return String(part).replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? "");
}
