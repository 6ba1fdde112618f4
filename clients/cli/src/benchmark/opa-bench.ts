import { PolicyPackError } from "@policy-pack/pack";
import { withOpaQuestion } from "../evaluation/opa-question.ts";
import type { AskedPolicy } from "../evaluation/policy.ts";
import type { Terminal } from "../terminal.ts";
import { figureOf } from "./measure.ts";
import type { Figure } from "./measure.ts";

/** What `opa bench` says, in decisions per second, or why it was not asked. */
export type OpaBench = { readonly rate: Figure } | { readonly notRun: string };

/** What the figure is of, for whoever compares. */
export const OPA_MEASURES =
  "opa bench: the Rego interpreter in one Go process, the query prepared and the input parsed before, metrics on.";

const REPEATS = 3;
const REACHING = ["http.send", "net.lookup_ip_addr"];
/** A line of Go's benchmark: how many times, in how many nanoseconds. */
const RUN = /"N":\s*(\d+),\s*"T":\s*(\d+)/g;

/** Measures the same rule with the same input and data by the installed OPA; without one it says so. */
export async function benchOpa(
  terminal: Terminal,
  asked: { readonly policy: AskedPolicy; readonly entrypoint: string; readonly input: Uint8Array | undefined },
): Promise<OpaBench> {
  if (asked.policy.builtins.some((name) => REACHING.includes(name))) {
    return { notRun: "opa bench knows no capabilities and would reach the network" };
  }
  try {
    return await withOpaQuestion(terminal, asked, async ({ sources, query, run }) => {
      const args = ["bench", "--format", "json", "--count", String(REPEATS), "--fail=false", ...sources, query];
      const { stdout, stderr } = await run(args);
      const rates = [...stdout.matchAll(RUN)].map(([, times, ns]) => (Number(times) * 1e9) / Number(ns));
      return rates.length === 0 ? { notRun: `opa bench failed: ${stderr.trim()}` } : { rate: figureOf(rates) };
    });
  } catch (error) {
    if (!(error instanceof PolicyPackError)) throw error;
    return { notRun: error.code === "TOOL_MISSING" ? "the pinned OPA is not installed" : error.message };
  }
}
