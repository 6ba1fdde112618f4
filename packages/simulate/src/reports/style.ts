import { digestOf, hexOf } from "@policy-pack/pack";
import { Markup } from "./html.ts";

/** Colours by role: on the page's background each text has a contrast of 4.5 to 1 or more, each bar 3 to 1 or more. */
export const COLOURS = {
  light: {
    page: "#ffffff",
    panel: "#f3f5f8",
    text: "#1b2430",
    muted: "#4f5b6b",
    line: "#8a95a5",
    opens: "#b3202a",
    closes: "#8a5a00",
    other: "#3b5b92",
    good: "#1d6b3a",
    before: "#6b7a90",
    after: "#1f5fbf",
  },
  dark: {
    page: "#12161c",
    panel: "#1b212a",
    text: "#e6ebf2",
    muted: "#a8b3c2",
    line: "#6d7a8b",
    opens: "#ff8088",
    closes: "#e5b04f",
    other: "#8fb2f0",
    good: "#6fd08f",
    before: "#94a3b8",
    after: "#6aa5ff",
  },
} as const;

const variables = (colours: Readonly<Record<string, string>>): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");

const STYLE = `
:root{color-scheme:light dark;${variables(COLOURS.light)}}
@media (prefers-color-scheme:dark){:root{${variables(COLOURS.dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1.25rem;margin:2.25rem 0 .5rem}
h3{font-size:1rem;margin:0}
p{margin:.5rem 0}
code{white-space:pre-wrap}
code,pre,.code{font:.875rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
pre{margin:.5rem 0;padding:.75rem;background:var(--panel);border-radius:.375rem;white-space:pre-wrap}
.verdict{padding:.75rem 1rem;border:.15rem solid var(--good);border-radius:.375rem;font-size:1.1rem;font-weight:600}
.verdict p{margin:.15rem 0}
.verdict.opens{border-color:var(--opens);color:var(--opens)}
.verdict.closes{border-color:var(--closes)}
.muted{color:var(--muted)}
.opens-text{color:var(--opens)}
.closes-text{color:var(--closes)}
.other-text{color:var(--other)}
.good-text{color:var(--good)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.9375rem}
caption{text-align:left;color:var(--muted);padding:.25rem 0}
th,td{text-align:left;padding:.35rem 1.5rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600}
td code{display:inline-block;min-width:9rem}
.number{width:1%;text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
figure{margin:1rem 0;padding:1rem;background:var(--panel);border-radius:.375rem}
figcaption{font-weight:600;margin-bottom:.5rem}
svg{display:block;width:100%}
svg text{fill:var(--text);font:14px system-ui,sans-serif}
svg .code{font:13px ui-monospace,monospace}
svg .grid{stroke:var(--line);stroke-width:1;stroke-dasharray:2 4}
svg .before{fill:var(--before)}
svg .after{fill:var(--after)}
svg .opens{fill:var(--opens)}
svg .closes{fill:var(--closes)}
svg .other{fill:var(--other)}
details{border:1px solid var(--line);border-radius:.375rem;margin:.75rem 0;padding:.6rem .9rem}
summary{cursor:pointer;overflow-wrap:anywhere}
summary h3{display:inline}
summary .muted{display:block}
summary:focus-visible{outline:.2rem solid var(--after);outline-offset:.2rem}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem}
ul{padding-left:1.25rem;margin:.5rem 0}
li{overflow-wrap:anywhere}
@media print{body{max-width:none;padding:0}details{break-inside:avoid}}
`;

/** The page's whole style. Nothing from packs or inputs is in it. */
export const STYLE_ELEMENT = new Markup(`<style>${STYLE}</style>`);

/** What the page may load and run: its own style, known by its digest, and nothing else. */
export const POLICY = `default-src 'none'; style-src 'sha256-${digestText(STYLE)}'; base-uri 'none'; form-action 'none'`;

function digestText(style: string): string {
  return Buffer.from(hexOf(digestOf(Buffer.from(style))), "hex").toString("base64");
}
