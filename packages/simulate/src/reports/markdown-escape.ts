import type { JsonValue } from "@policy-pack/pack";
import { fit, visible, visibleJson } from "./visible.ts";

/** What ends a code span or a table's cell wherever it stands, and what would make its spelling ambiguous. */
const STRUCTURE = /[`|\\]/g;

/**
 * A text from elsewhere on one line of Markdown, in a table too: a code span, in which there are no links, mentions,
 * references, HTML or emphasis (CommonMark 0.31, 6.1). Backticks, pipes and backslashes are spelled as `\u{60}`.
 */
export function codeSpan(text: string, max = 200): string {
  const safe = fit(visible(text), max).replace(
    STRUCTURE,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
  return safe.trim() === "" ? "`(empty)`" : `\`${safe.trim()}\``;
}

/** Lines from elsewhere as a code block, whose fence is longer than any run of backticks in it (CommonMark, 4.5). */
export function codeBlock(lines: readonly string[], language = ""): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []);
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** A value as indented JSON in lines; undefined when it has more characters than that. */
export function jsonLines(value: JsonValue, max: number): readonly string[] | undefined {
  const text = visibleJson(value, 2);
  return text.length > max ? undefined : text.split("\n");
}
