import { lexRego } from "./rego-lexer.ts";
import type { RegoToken } from "./rego-lexer.ts";
import type { BoundaryNumber, BoundaryText } from "./input-model.ts";

/** What one Rego file says that its decisions may turn on. */
export interface RegoLiterals {
  /** As `cos/budget`; empty for a text without a package. */
  readonly package: string;
  readonly numbers: readonly BoundaryNumber[];
  readonly texts: readonly BoundaryText[];
  /** Paths in `data` that it reads, such as `["config", "budget"]`; the empty one is all of it. */
  readonly dataPaths: readonly (readonly string[])[];
}

const KEYWORDS = new Set(
  "as contains data default else every false if import in input not null package some true with".split(" "),
);

/** What people write on a line; a file without line ends must not give each literal a copy of all its names. */
const MAX_NAMES = 16;

/** The literals of a Rego text, each with the names on its line, the package and the parts of `data` that it reads. */
export function readRegoLiterals(source: string): RegoLiterals {
  const tokens = [...lexRego(source)];
  const names = namesByLine(tokens);
  const about = (line: number): readonly string[] => [...(names.get(line) ?? [])];
  const numbers: BoundaryNumber[] = [];
  const texts: BoundaryText[] = [];
  const dataPaths: (readonly string[])[] = [];
  let packagePath = "";
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "number") numbers.push({ value: signOf(tokens, index) * token.value, names: about(token.line) });
    else if (token.kind === "text") texts.push({ value: token.value, names: about(token.line) });
    else if (token.value === "package" && packagePath === "") packagePath = packageAt(tokens, index).join("/");
    else if (token.value === "data" && !isMember(tokens, index)) dataPaths.push(pathAfter(tokens, index));
  }
  return { package: packagePath, numbers, texts, dataPaths };
}

function namesByLine(tokens: readonly RegoToken[]): ReadonlyMap<number, ReadonlySet<string>> {
  const lines = new Map<number, Set<string>>();
  for (const { kind, value, line } of tokens) {
    if (kind !== "name" || KEYWORDS.has(value)) continue;
    const names = lines.get(line);
    if (names === undefined) lines.set(line, new Set([value]));
    else if (names.size < MAX_NAMES) names.add(value);
  }
  return lines;
}

/** Minus where a sign stands before the number that no value stands before. */
function signOf(tokens: readonly RegoToken[], index: number): number {
  if (tokens[index - 1]?.value !== "-") return 1;
  const before = tokens[index - 2];
  const isBinary = before !== undefined && (before.kind !== "sign" || before.value === ")" || before.value === "]");
  return isBinary ? 1 : -1;
}

/** Whether the word is a member of something else, as in `input.data`. */
function isMember(tokens: readonly RegoToken[], index: number): boolean {
  return tokens[index - 1]?.value === ".";
}

function packageAt(tokens: readonly RegoToken[], index: number): readonly string[] {
  const first = tokens[index + 1];
  return first?.kind === "name" ? [first.value, ...pathAfter(tokens, index + 1)] : [];
}

/** The members named after a token: `.name` and `["name"]` as far as they go. */
function pathAfter(tokens: readonly RegoToken[], start: number): readonly string[] {
  const path: string[] = [];
  for (let index = start + 1; index < tokens.length;) {
    const [mark, member, close] = tokens.slice(index, index + 3);
    if (mark?.value === "." && member?.kind === "name") {
      path.push(member.value);
      index += 2;
    } else if (mark?.value === "[" && member?.kind === "text" && close?.value === "]") {
      path.push(member.value);
      index += 3;
    } else break;
  }
  return path;
}
