import { REGEX_BUILTINS } from "../../src/builtins/regex/index.ts";
import { STRING_BUILTINS } from "../../src/builtins/strings/index.ts";
import { TEMPLATE_BUILTINS } from "../../src/builtins/template/index.ts";
import { TIME_BUILTINS } from "../../src/builtins/time/index.ts";
import { CHANGED_CLASSES } from "../../src/builtins/unicode-changes.ts";
import { describeParity } from "../support/beside-opa.ts";
import { joined, some } from "../support/random.ts";
import type { Random } from "../support/random.ts";

const ATOMS = [
  ...["a", "b", "ab", "é", "😀", "k", "ſ", "σ", "ß", ".", "^", "$", "\\d", "\\w", "\\S", "\\b", "\\B", "\\A", "\\z"],
  ...["\\pL", "\\p{greek}", "\\P{^Lu}", "\\p{letter}", "\\pl", "\\p{Nope}", "\\p{Old_Italic}", "\\PN", "\\p{"],
  ...["[a-c]", "[^a]", "[[:alpha:]]", "[^[:space:]]", "[\\d-z]", "[]a]", "[z-a]", "[a", "[(?P<n>]", "[\\pL-]"],
  ...[
    "\\x61",
    "\\x{1F600}",
    "\\101",
    "\\0",
    "\\Qa.b\\E",
    "\\C",
    "\\1",
    "\\.",
    "\\é",
    "{",
    "{,2}",
    "(?i)",
    "(?s)",
    "(?U)",
  ],
];
const GROUPS = ["(", "(", "(?:", "(?i:", "(?P<n>", "(?<m>", "(?P<n>", "(?s-i:", "(?=", "(?<="];
const REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}", "{1001}", "**", "{3,1}"];

function pattern(random: Random, depth = 3): string {
  if (depth === 0 || random.chance(0.35)) return random.pick(ATOMS);
  if (random.chance(0.35)) return pattern(random, depth - 1) + pattern(random, depth - 1);
  if (random.chance(0.3)) return `${random.pick(GROUPS)}${pattern(random, depth - 1)})`;
  if (random.chance(0.3)) return `${pattern(random, depth - 1)}|${pattern(random, depth - 1)}`;
  return pattern(random, depth - 1) + random.pick(REPEATS);
}

const LETTERS = Array.from("abcABkKsSſéÉ😀\n _09.*ßẞσςΣİıiI\u212a\u0345ι");
const text = (random: Random): string => joined(random, 12, LETTERS);
const REPLACEMENTS = ["", "x", "$1", "<$0>", "${1}a", "$1a", "${n}", "$n", "$$", "$", "${", "$01", "$é"];

const CLASSES = [
  "L",
  "Lu",
  "ll",
  "Lt",
  "M",
  "N",
  "Nd",
  "P",
  "S",
  "sc",
  "Z",
  "C",
  "Cn",
  "Co",
  "Assigned",
  "Han",
  "latin",
];

/** A class of Unicode, and characters from everywhere but those that a later Unicode has changed. */
function classOperands(random: Random): unknown[] {
  const spans = [0x250, 0x3000, 0x10000, 0x20000, 0x110000];
  const codes = Array.from({ length: 300 }, () => random.int(random.pick(spans)));
  const characters = codes.filter((code) => code < 0xd800 || code > 0xdfff).map((code) => String.fromCodePoint(code));
  const known = characters.filter((character) => !CHANGED_CLASSES.test(character) && character !== "\u0345");
  const name = `\\${random.pick(["p", "P"])}{${random.pick(["", "^"])}${random.pick(CLASSES)}}`;
  return [random.pick(["", "(?i)"]) + random.pick([name, `[${name}]`, `[^${name}a]`]), known.join(""), -1];
}

const globs = (random: Random): string =>
  joined(random, 6, ["a", "b", "ab", ".", "[a-c]", "[b]", "*", "+", "a*", "b+", ".*", "\\", "[^", "]", "[a-c]+", "😀"]);

const TERMS = [
  ...[
    ".",
    ".a",
    ".s",
    ".l",
    ".m",
    ".t",
    ".e",
    ".n",
    ".zz",
    ".m.a",
    ".m.n",
    ".m.n.q",
    ".zz.q",
    ".a.b",
    "$",
    "$.l",
    "$x",
  ],
  ...["true", "false", "nil", "1", "0", "-2", "1.5", "1e3", "0x1F", "017", "'a'", "1_000", '"x"', "`raw`", '"é"', "08"],
  ...['"%v"', '"%5d|%-5s|%q"', '"%T %#v"', '"%x"', '"k"', "9223372036854775808", "2", "(len .l)", "(index .l 0)"],
];
const FUNCTIONS = [
  ...["print", "printf", "println", "len", "index", "slice", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not"],
  ...["html", "js", "urlquery", "call", "nope"],
];

function pipeline(random: Random): string {
  const term = () => random.pick(TERMS);
  const command = () => (random.chance(0.5) ? term() : [random.pick(FUNCTIONS), ...some(random, 3, term)].join(" "));
  return random.chance(0.2) ? `${command()} | ${command()}` : command();
}

function template(random: Random, depth = 2): string {
  const inner = () => (depth > 0 ? template(random, depth - 1) : "t");
  const last = () => random.pick(["", `{{else}}${inner()}`, "{{- else -}} e "]);
  const item = () =>
    random.pick([
      () => random.pick(["text", " \n ", "é😀", "{ }", "{{/* c */}}", "{{- /* c */ -}}"]),
      () => `{{${random.pick(["", "- "])}${pipeline(random)}${random.pick(["", " -"])}}}`,
      () => `{{$x ${random.pick([":=", "="])} ${pipeline(random)}}}`,
      () => `{{if ${pipeline(random)}}}${inner()}${last()}{{end}}`,
      () => `{{with ${pipeline(random)}}}${inner()}${last()}{{end}}`,
      () =>
        `{{range ${random.pick(["", "$x := ", "$i, $x := "])}${random.pick([".l", ".m", "3", ".s", ".zz"])}}}${inner()}${random.pick(["", "{{break}}", "{{if .}}{{continue}}{{end}}-"])}${last()}{{end}}`,
      () => `{{template "T" ${pipeline(random)}}}`,
      () => random.pick(["{{end}}", "{{", "{{break}}", "{{.}}", "{{$}}", "{{1 |}}", "{{)}}"]),
    ])();
  return Array.from({ length: 1 + random.int(2) }, item).join("");
}

const VARIABLES = [
  { a: 1, s: "hé\n", l: [1, "x", null, [2.5], { k: "v" }], m: { b: true, a: [], n: null }, t: true, e: "", n: null },
  {},
  { l: ["a", "b"], m: { x: { y: "deep" } }, s: "a<b>'\"&", a: -3.5 },
  { s: "\u0001" },
];

function renderOperands(random: Random): unknown[] {
  return [`{{$x := .a}}{{define "T"}}[{{.}}]{{end}}${template(random)}`, random.pick<unknown>([...VARIABLES, [1]])];
}

const LAYOUTS = ["MST", "-07:00:00", "2006-01-02 15:04:05 MST", "UnixDate", "RFC1123", ".000", "Mon Jan _2", "__2 002"];
// Zones whose rules are the same in every database of the last years; OPA prefers the machine's to its own.
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "", "Etc/GMT+10"];

function formatOperand(random: Random): unknown[] {
  const seconds = random.int(8_000_000_000) - 4_000_000_000;
  return [[seconds * 1e9, random.pick(ZONES), random.pick(LAYOUTS)]];
}

const texts = (random: Random): unknown =>
  random.pick<unknown>([text(random), some(random, 4, text), [...some(random, 3, text), ""], [1]]);

describeParity("builtins of texts", [
  ["regex.find_n", REGEX_BUILTINS, (r) => [pattern(r), text(r), r.pick([-1, 0, 1, 2, 1.5])]],
  ["regex.find_n", REGEX_BUILTINS, classOperands],
  ["regex.split", REGEX_BUILTINS, (r) => [pattern(r), text(r)]],
  ["regex.replace", REGEX_BUILTINS, (r) => [text(r), pattern(r), joined(r, 3, REPLACEMENTS)]],
  [
    "regex.template_match",
    REGEX_BUILTINS,
    (r) => [joined(r, 3, ["a", "b.", "{a}", "{[a-c]+}", "{.*}", "{a|b}", "{", "}"]), text(r), "{", r.pick(["}", "}}"])],
  ],
  ["regex.globs_match", REGEX_BUILTINS, (r) => [globs(r), globs(r)]],
  ["glob.quote_meta", REGEX_BUILTINS, (r) => [joined(r, 6, Array.from("*?\\[]{},!-aé"))]],
  ["strings.render_template", TEMPLATE_BUILTINS, renderOperands],
  ["indexof_n", STRING_BUILTINS, (r) => [joined(r, 9, ["a", "b", "😀"]), joined(r, 3, ["a", "b", "😀"])]],
  ["strings.any_prefix_match", STRING_BUILTINS, (r) => [texts(r), texts(r)]],
  ["strings.any_suffix_match", STRING_BUILTINS, (r) => [texts(r), texts(r)]],
  ["time.format", TIME_BUILTINS, formatOperand],
]);
