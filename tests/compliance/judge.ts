import type { ComplianceCase } from "./cases.ts";
import { canonicalText, parseExactJson } from "./exact-json.ts";
import type { Exact } from "./exact-json.ts";
import type { Answer } from "./question.ts";

const MAX_SHOWN = 300;
/** How the policies' own conflicts are told; every other error is the host's. */
const CONFLICT = "conflict";

/** Why the answer is not what OPA's case wants; undefined when it is. */
export function judge(test: ComplianceCase, answer: Answer): string | undefined {
  if (test.wantError !== undefined && !test.strictError) return judgeError(test.wantError, answer);
  if ("error" in answer) return answer.error.slice(0, MAX_SHOWN);
  const answers = parseExactJson(answer.text);
  if (!isList(answers)) return `answered ${answer.text.slice(0, MAX_SHOWN)}`;
  // Outside strict mode a builtin's error leaves the query without an answer.
  if (test.wantError !== undefined) return compare(test, [], answers);
  if (test.wantDefined !== undefined) {
    return answers.length > 0 === test.wantDefined ? undefined : `wanted ${test.wantDefined ? "an" : "no"} answer`;
  }
  return compare(test, test.wantResult ?? [], answers);
}

function judgeError(wanted: string, answer: Answer): string | undefined {
  if ("text" in answer) return `wanted the error ${wanted}, got ${answer.text.slice(0, MAX_SHOWN)}`;
  return answer.error.includes(CONFLICT) ? undefined : `wanted the error ${wanted}, got ${answer.error}`;
}

function compare(test: ComplianceCase, wanted: readonly Exact[], got: readonly Exact[]): string | undefined {
  const [want, have] = [wanted, got].map((answers) => toText(answers, test.sortBindings));
  if (want === have) return undefined;
  return `wanted ${String(want).slice(0, MAX_SHOWN)}, got ${String(have).slice(0, MAX_SHOWN)}`;
}

/** Answers are a set: order and repetition say nothing. */
function toText(answers: readonly Exact[], sortBindings: boolean): string {
  const texts = answers.map((answer) => canonicalText(sortBindings ? withSets(answer) : answer));
  return [...new Set(texts)].sort().join("\n");
}

function withSets(answer: Exact): Exact {
  if (!(answer instanceof Map)) return answer;
  return new Map([...answer].map(([key, value]) => [key, isList(value) ? new Set(value) : value]));
}

function isList(value: Exact): value is readonly Exact[] {
  return Array.isArray(value);
}
