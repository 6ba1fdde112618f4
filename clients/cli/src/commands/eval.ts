import type { Command } from "commander";
import { createAsker } from "../evaluation/asker.ts";
import type { Asker, AskOptions } from "../evaluation/asker.ts";
import { decideLines } from "../evaluation/batch.ts";
import { batchReport } from "../evaluation/batch-report.ts";
import { addEvalFlags, checkEvalFlags, readDecideOptions } from "../evaluation/flags.ts";
import type { EvalFlags } from "../evaluation/flags.ts";
import { readAskedPack } from "../evaluation/pack.ts";
import { openPolicy } from "../evaluation/policy.ts";
import type { AskedPolicy } from "../evaluation/policy.ts";
import { MAX_UNWRITTEN, openRecording } from "../evaluation/record.ts";
import type { Recording } from "../evaluation/record.ts";
import { decideOne } from "../evaluation/single.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb } from "../verb.ts";
import type { VerbContext } from "../verb.ts";
import { printWarnings } from "../warnings.ts";

const PACK = "dist/policy-pack/v0/policy-pack-v0.tar";
const BUNDLE = "contracts/policy-pack/v0/signing/cosign.bundle.json";

/** `policy-pack eval`: decisions of a verified pack. */
export function addEval({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "eval",
      summary: "ask a pack for decisions",
      description:
        "Verifies the pack as verify does, then evaluates entrypoints of its WASM. An undefined decision is an error " +
        "(exit 7), never an answer. Without --input the policy sees no input document. With --input-lines each line of " +
        "JSON is an input, and one line of JSON comes out for each, in order: " +
        '{"line":7,"value":true} or {"line":7,"error":{"code":…,"message":…}}, of several entrypoints ' +
        '{"line":7,"results":{"a/b":{"value":true},…}}; a summary goes to stderr, and the exit status is 7 when any ' +
        "question had no decision. Numbers come out as the module has them; with --jobs those with a fraction as the " +
        "nearest double. What the policy prints goes to stderr.",
      examples: [
        `policy-pack eval ${PACK} --entrypoint cos/abac/allow --input request.json \\\n` +
          `      --bundle ${BUNDLE} --dev-authority`,
        "echo '{}' | policy-pack eval http://127.0.0.1:8080/v1/policy/packs/policy-pack-v0 \\\n" +
          "      --entrypoint cos/promotion/ok --input - --dev-authority",
        `policy-pack eval ${PACK} --entrypoint cos/abac/allow --input-lines requests.jsonl --jobs 4 \\\n` +
          `      --decision-log decisions.jsonl --bundle ${BUNDLE} --dev-authority > decided.jsonl`,
        `policy-pack eval ${PACK} --entrypoint cos/abac/allow --input request.json --explain \\\n` +
          "      --now 2026-01-31T12:00:00Z --unsafe-unverified",
      ],
    },
    version,
  ).argument("[pack]", "the pack's tar or address; an unpacked pack's folder only with --unsafe-unverified");
  return addEvalFlags(command).action((pack: string | undefined, flags: EvalFlags) =>
    answer(flags, evaluate(terminal, pack, flags)),
  );
}

async function evaluate(terminal: Terminal, named: string | undefined, flags: EvalFlags): Promise<Report> {
  checkEvalFlags(flags);
  const pack = await readAskedPack(terminal, named, flags);
  const policy = await openPolicy(terminal, pack, flags);
  return withAbort(async (signal) => {
    const { decisionLog } = flags;
    const recording = decisionLog === undefined ? undefined : await openRecording(terminal, decisionLog, policy);
    try {
      return await ask(terminal, { flags, policy, recording, signal });
    } finally {
      await recording?.close();
    }
  });
}

interface Evaluation {
  readonly flags: EvalFlags;
  readonly policy: AskedPolicy;
  readonly recording: Recording | undefined;
  readonly signal: AbortSignal;
}

async function ask(terminal: Terminal, evaluation: Evaluation): Promise<Report> {
  const { flags, policy, recording, signal } = evaluation;
  const { inputLines, entrypoint: entrypoints } = flags;
  const json = flags.json === true;
  const options = { policy, entrypoints, options: optionsOf(flags), recorder: recording?.recorder, print };
  const asker = await openAsker(terminal, options, flags);
  try {
    if (inputLines === undefined) {
      const isVerified = flags.unsafeUnverified === undefined;
      const about = { path: flags.input, isVerified, explains: flags.explain === true, json };
      return await decideOne(terminal, { ...options, ...about, asker });
    }
    const started = process.hrtime.bigint();
    const flush = async (): Promise<void> => recording?.flush();
    const request = { path: inputLines, entrypoints, asker, maxDecisions: MAX_UNWRITTEN, flush, signal, json };
    const counts = await decideLines(terminal, request);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    return batchReport(terminal, { counts, seconds, records: await recording?.close(), json });
  } finally {
    await asker.close();
  }

  function print(line: string): void {
    terminal.stderr.write(`${printable(line)}\n`);
  }
}

/** OPA and the module are to be asked at the same time. */
function optionsOf(flags: EvalFlags) {
  const options = readDecideOptions(flags);
  return flags.explain === true ? { ...options, now: options.now ?? BigInt(Date.now()) * 1_000_000n } : options;
}

async function openAsker(terminal: Terminal, options: AskOptions, { jobs, deadline }: EvalFlags): Promise<Asker> {
  if ((jobs ?? deadline) === undefined) return createAsker(options);
  if (options.policy.builtins.includes("internal.print")) {
    printWarnings(terminal, ["The policy prints, which is not heard from threads: leave --jobs and --deadline out."]);
  }
  const { createPoolAsker } = await import("../evaluation/pool-asker.ts");
  const deadlineMs = deadline === undefined ? undefined : Number(deadline);
  return createPoolAsker({ ...options, jobs: Number(jobs ?? 1), deadlineMs });
}
