import { BuiltinError } from "../builtin.ts";
import { CASED_LETTER_FOLDS, CHANGED_CLASSES, CHANGED_FOLDS } from "../unicode-changes.ts";
import { className } from "./unicode-classes.ts";

/** A pattern of Go's as the engine takes it. */
export interface Translation {
  readonly text: string;
  /** Names of groups from the left, one often more than once, by the names that the engine knows them under. */
  readonly groups: readonly (readonly [name: string, alias: string])[];
  /** How many classes of Unicode it names: each is some hundreds of ranges. */
  readonly classes: number;
  /** Characters that the engine's newer Unicode treats otherwise than OPA's, as far as the pattern looks at them. */
  readonly unlike: RegExp | undefined;
}

const CLASS = String.raw`\\[pP](?:\{(?<name>[^}]*)(?<brace>\}?)|(?<letter>[^{]|$))`;
const LITERAL = String.raw`\\Q[^]*?(?:\\E|$)`;
const SET = String.raw`(?<set>\[\^?\]?(?:\[:[a-z^]+:\]|\\[^]|[^\]\\])*)(?<bracket>\]|$)`;
const GROUP = String.raw`\(\?P?<(?<group>[^>]*)(?<angle>>?)`;

/** What must be told apart to find classes and names of groups: a literal run, a set, an escape. */
const TOKEN = new RegExp(`${LITERAL}|${CLASS}|\\\\[^]|${SET}|${GROUP}`, "gu");
const IN_SET = new RegExp(`${CLASS}|\\\\[^]`, "gu");
const FOLDING_FLAG = /\(\?[A-Za-z-]*i/;
const CASED_LETTER = /\\[pP]\{\^?Lc\}/;

type Named = Readonly<Record<string, string | undefined>>;

/**
 * Evens out what Go and the engine spell or allow differently: names of classes, and names that several groups share.
 *
 * @throws BuiltinError for a name that Go refuses
 */
export function translatePattern(pattern: string): Translation {
  const groups: [string, string][] = [];
  let classes = 0;
  const evenOut = (token: string, named: Named): string => {
    const name = named["name"] ?? named["letter"];
    if (name === undefined) return token;
    classes++;
    return classToken(token, name, named["brace"]);
  };
  const text = replaceTokens(pattern, TOKEN, (token, named) => {
    const { group, set } = named;
    if (group !== undefined) {
      groups.push([groupName(group, named["angle"]), `g${groups.length}`]);
      return `(?P<g${groups.length - 1}>`;
    }
    if (set === undefined) return evenOut(token, named);
    if (named["bracket"] === "") throw syntaxError("missing closing ]");
    return replaceTokens(token, IN_SET, evenOut);
  });
  return { text, groups, classes, unlike: unlikeOf(text, classes > 0) };
}

function replaceTokens(text: string, pattern: RegExp, replace: (token: string, named: Named) => string): string {
  let output = "";
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    output += text.slice(end, match.index) + replace(match[0], match.groups ?? {});
    end = match.index + match[0].length;
  }
  return output + text.slice(end);
}

function classToken(token: string, name: string, brace: string | undefined): string {
  if (name === "" || brace === "") throw syntaxError("invalid character class range");
  const negation = name.startsWith("^") && brace !== undefined ? "^" : "";
  const known = className(name.slice(negation.length));
  if (known === undefined) throw syntaxError("invalid character class range");
  return `${token.slice(0, 2)}{${negation}${known}}`;
}

function groupName(name: string, angle: string | undefined): string {
  if (angle === "" || !/^\w+$/.test(name)) throw syntaxError("invalid named capture");
  return name;
}

function unlikeOf(text: string, hasClass: boolean): RegExp | undefined {
  const folds = FOLDING_FLAG.test(text);
  if (!hasClass) return folds ? CHANGED_FOLDS : undefined;
  if (!folds || !CASED_LETTER.test(text)) return CHANGED_CLASSES;
  return new RegExp(`${CHANGED_CLASSES.source}|${CASED_LETTER_FOLDS.source}`, "u");
}

function syntaxError(reason: string): BuiltinError {
  return new BuiltinError(`error parsing regexp: ${reason}`);
}
