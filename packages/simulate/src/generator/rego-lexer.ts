/** A token of Rego that matters here. What a text or number spells stands in `value`. */
export type RegoToken =
  | { readonly kind: "name" | "sign" | "text"; readonly value: string; readonly line: number }
  | { readonly kind: "number"; readonly value: number; readonly line: number };

/**
 * One token of each kind at the place; comments and white space are skipped, other characters stand alone. A text that
 * nothing closes ends with its line, so that no character is looked at twice.
 */
const TOKEN =
  /(?<skip>[ \t\r]+|#[^\n]*)|(?<newline>\n)|(?<raw>`[^`]*`)|(?<text>"(?:[^"\\\n]|\\.)*"?)|(?<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>:=|[=!<>]=|[^])/gu;

/**
 * Cuts Rego text into tokens (OPA documentation, "Policy Language", Grammar). It reads any text without failing: what
 * is no Rego gives tokens that mean nothing, and whether it compiles is OPA's to say.
 */
export function* lexRego(source: string): Generator<RegoToken> {
  let line = 1;
  for (const { groups = {} } of source.matchAll(TOKEN)) {
    const { raw, text, number, name, sign } = groups;
    if (groups["newline"] !== undefined) line += 1;
    else if (raw !== undefined) {
      yield { kind: "text", value: raw.slice(1, -1), line };
      line += raw.split("\n").length - 1;
    } else if (text !== undefined) yield { kind: "text", value: unquote(text), line };
    else if (number !== undefined) yield { kind: "number", value: Number(number), line };
    else if (name !== undefined) yield { kind: "name", value: name, line };
    else if (sign !== undefined) yield { kind: "sign", value: sign, line };
  }
}

/** A text with an escape that JSON has not keeps it as it is written. */
function unquote(quoted: string): string {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value : quoted;
  } catch {
    return quoted.slice(1, -1);
  }
}
