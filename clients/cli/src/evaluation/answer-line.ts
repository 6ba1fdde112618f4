import type { Answer } from "./asker.ts";

/** What a terminal would act upon; in JSON it only stands within texts. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * One line of JSON: `{"line":7,"value":true}` or `{"line":7,"error":{"code":"…","message":"…"}}`; of several entrypoints
 * `{"line":7,"results":{"a/b":{"value":true},"c/d":{"error":…}}}`. Values are as the module writes them, number for number.
 */
export function printAnswers(line: number, entrypoints: readonly string[], answers: readonly Answer[]): string {
  const [first] = answers;
  if (entrypoints.length === 1 && first !== undefined) return escaped(`{"line":${line},${memberOf(first)}}`);
  const results = entrypoints.flatMap((entrypoint, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [`${JSON.stringify(entrypoint)}:{${memberOf(answer)}}`];
  });
  return escaped(`{"line":${line},"results":{${results.join(",")}}}`);
}

function memberOf({ text, error }: Answer): string {
  if (error === undefined) return `"value":${text}`;
  return `"error":${JSON.stringify({ code: error.code, message: error.message })}`;
}

function escaped(json: string): string {
  return json.replace(UNPRINTABLE, (char) =>
    char
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
