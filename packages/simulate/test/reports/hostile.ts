import type { DecisionDiff, FlipDirection, FlipGroup } from "../../src/diff/decision-diff.ts";
import type { BudgetVerdict } from "../../src/budget/budget.ts";
import type { Digest, JsonValue } from "@policy-pack/pack";

/** What packs, inputs and logs may hold to break out of a report. */
export const HOSTILE: readonly string[] = [
  "<script>document.title='owned'</script>",
  '"><img src=x onerror="document.title=\'owned\'">',
  "' onload='document.title=1' x='",
  "</style></title></textarea></pre></details><svg onload=alert(1)>",
  "--><b>x</b><!--",
  "]]><x/>",
  "&lt;b&gt;&#60;b&#62;&amp;",
  "`code` ``more`` ```",
  "```\n```\n\n# heading\n\n- item",
  "~~~\n<b>x</b>\n~~~",
  "| a | b |\n| --- | --- |",
  "a\\|b\\\\|c\\",
  "$`x`$ $$x$$",
  "@octocat and @org/team, a@evil.example",
  "https://evil.example/ www.evil.example <https://evil.example>",
  "[click](javascript:alert(1)) ![x](https://evil.example/x.png) [ref]: https://evil.example",
  "#1 GH-1 org/repo#1 0000000000000000000000000000000000000000",
  "**bold** _em_ ~~del~~ > quote\n> quote",
  "\u001b[31mred\u001b[0m\u001b]0;title\u0007\u009b2J",
  "\rDENY to ALLOW: none\u0008\u0008",
  "line\u2028line\u2029line\u0085line\u000bline\u000cline",
  "\u202eevil\u202c \u2066x\u2069 \u200f",
  "zero\u200bwidth\ufeff\u00ad\u2060\u180e\u3164",
  "half \ud800 pair \udc00",
  `Z${"\u0301".repeat(40)}algo`,
  "nbsp\u00a0em\u2003ideographic\u3000",
  "🦊 café 漢字",
  "",
  " ",
  "constructor __proto__ toString",
  `${"long ".repeat(400)}end`,
  "x".repeat(5_000),
];

const digest = (hex: string): Digest => `sha256:${hex.repeat(64)}` as Digest;

const DIRECTIONS: readonly FlipDirection[] = ["DENY_TO_ALLOW", "ALLOW_TO_DENY", "VALUE"];

/** A diff of every part, with the text in each field that is not the program's own. */
export function diffWith(text: string): DecisionDiff {
  const name = { packId: text, revision: text };
  const counts = { allow: 10, deny: 89, other: 1, errors: 1 };
  return {
    generator: text,
    seed: 42,
    iterations: 1000,
    old: { ...name, digest: digest("a") },
    new: { ...name, digest: digest("b") },
    inputs: { case: 1, log: 2, random: 3_000 },
    compared: 6_000,
    flips: { denyToAllow: 12, allowToDeny: 7, other: 3 },
    entrypoints: [
      {
        entrypoint: text,
        status: "gone",
        explains: false,
        compared: 100,
        old: counts,
        new: { ...counts, allow: 20, deny: 79 },
        flips: { denyToAllow: 12, allowToDeny: 7, other: 3 },
        reworded: 0,
      },
      {
        entrypoint: text,
        status: "both",
        explains: true,
        compared: 100,
        old: counts,
        new: counts,
        flips: { denyToAllow: 0, allowToDeny: 0, other: 0 },
        reworded: 5,
      },
    ],
    groups: DIRECTIONS.map((direction) => groupWith(text, direction)),
    failedCases: [
      {
        id: text,
        origin: "case",
        entrypoint: text,
        expected: text,
        actual: { outcome: "DENY", value: { [text]: [text] } },
      },
      {
        id: text,
        origin: "log",
        entrypoint: text,
        expected: null,
        actual: { outcome: "DENY", error: "DECISION_UNDEFINED" },
      },
    ],
    undecided: { count: 2, targets: [text, text] },
  };
}

export function groupWith(text: string, direction: FlipDirection, count = 12): FlipGroup {
  const input: JsonValue = { [text]: text, nested: [{ [text]: [text, 1, null] }] };
  return {
    name: `${direction}:${text}`,
    entrypoint: text,
    direction,
    reason: text,
    count,
    smallest: {
      id: text,
      origin: "log",
      shrunk: true,
      input,
      old: { outcome: "DENY", value: text },
      new: { outcome: "ALLOW", value: { [text]: text } },
      oldReasons: [{ code: text, message: text }, { code: text, message: text, more: text }, text, [text]],
      newReasons: { [text]: text },
    },
  };
}

export function verdictWith(text: string): BudgetVerdict {
  return { ok: false, maxFlips: 10, flips: 22, named: [`VALUE:${text}`], unnamed: [`DENY_TO_ALLOW:${text}`] };
}

/** A change of nothing, of which nothing is known either. */
export const NOTHING_CHANGED: DecisionDiff = {
  ...diffWith("plain"),
  seed: null,
  iterations: null,
  inputs: { case: 5, log: 0, random: 0 },
  compared: 5,
  flips: { denyToAllow: 0, allowToDeny: 0, other: 0 },
  entrypoints: [],
  groups: [],
  failedCases: [],
  undecided: { count: 0, targets: [] },
};
