import { isPrintable } from "../strings/go-quote.ts";

const HTML: ReadonlyMap<string, string> = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

/** @see https://pkg.go.dev/text/template#HTMLEscapeString */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML.get(character) ?? character);
}

/** @see https://pkg.go.dev/text/template#JSEscapeString */
export function escapeJs(text: string): string {
  return text.replaceAll(/[\\'"<>&=]|[^ -\x7f]/gu, (character) => {
    if (character === "\\" || character === "'" || character === '"') return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x80 && isPrintable(character)) return character;
    return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** @see https://pkg.go.dev/net/url#QueryEscape */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
