import { Rejection } from "../rejection.ts";
import type { Report } from "../report.ts";
import { printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import type { Answer, Asker, AskOptions, Input } from "./asker.ts";
import { exactValue } from "./exact-value.ts";
import { explain, explanationText } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";
import { readInput } from "./input.ts";

/** Exit status of a question that has no decision. */
export const UNDECIDED_EXIT = 7;

export interface SingleRequest extends AskOptions {
  readonly asker: Asker;
  /** A file, or `-`; undefined for no input document. */
  readonly path: string | undefined;
  readonly isVerified: boolean;
  readonly explains: boolean;
  readonly json: boolean;
}

/**
 * Decides about one input document.
 * @throws what of one entrypoint's question has no decision; FormatError INPUT_INVALID, LIMIT_EXCEEDED; as `explain`
 */
export async function decideOne(terminal: Terminal, request: SingleRequest): Promise<Report> {
  const input = await readInput(terminal, request.path);
  const [answers = []] = await request.asker.ask([input]);
  const [first] = answers;
  if (request.entrypoints.length > 1 || first === undefined) return severalReport(request, answers);
  const explanation = request.explains ? await explainFirst(terminal, request, input, first) : undefined;
  if (first.error !== undefined) throw explanation === undefined ? first.error : undecided(first.error, explanation);
  return oneReport(request, first.text, explanation);
}

function explainFirst(
  terminal: Terminal,
  { policy, entrypoints: [entrypoint = ""], options, json }: SingleRequest,
  input: Input,
  answer: Answer,
): Promise<Explanation> {
  return explain(terminal, { policy, entrypoint, input, options, answer, json });
}

function undecided(error: NonNullable<Answer["error"]>, explanation: Explanation): Rejection {
  return new Rejection(error, { json: { explanation }, text: explanationText(explanation) });
}

function oneReport(request: SingleRequest, text: string, explanation: Explanation | undefined): Report {
  const { entrypoints } = request;
  const value = exactValue(text);
  const steps = explanation === undefined ? "" : `${explanationText(explanation)}\n\n`;
  return {
    json: {
      value,
      ...identityOf(request),
      entrypoint: entrypoints[0],
      ...(explanation === undefined ? {} : { explanation }),
    },
    text: `${steps}${printable(JSON.stringify(value, null, 2))}\n\n${footer(request)}`,
  };
}

function severalReport(request: SingleRequest, answers: readonly Answer[]): Report {
  const rows = request.entrypoints.flatMap((entrypoint, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [[entrypoint, answer] as const];
  });
  const results = Object.fromEntries(rows.map(([entrypoint, answer]) => [entrypoint, resultOf(answer)]));
  const lines = rows.map(([entrypoint, { text, error }]) =>
    error === undefined ? `${entrypoint}: ${text}` : `${entrypoint}: error ${error.code}: ${error.message}`,
  );
  return {
    json: { results, ...identityOf(request) },
    text: `${printable(lines.join("\n"))}\n\n${footer(request)}`,
    exitCode: answers.some(({ error }) => error !== undefined) ? UNDECIDED_EXIT : 0,
  };
}

function resultOf({ text, error }: Answer): object {
  if (error === undefined) return { value: exactValue(text) };
  const { code, message } = error;
  return { error: { code, message } };
}

function identityOf({ policy: { pack, dataDigest }, isVerified: verified }: SingleRequest): object {
  const { revision, digest, packId } = pack;
  return { revision, digest, packId, verified, ...(dataDigest === undefined ? {} : { data: dataDigest }) };
}

function footer({ policy: { pack, dataDigest } }: SingleRequest): string {
  const { packId, revision, digest } = pack;
  const data = dataDigest === undefined ? "" : `, with other data: ${dataDigest}`;
  return `${packId} revision ${revision}, ${digest}${data}`;
}
