import { closureOf, totalBytes } from "../support/closure.ts";
import type { Context, Suite } from "./context.ts";
import { constant, interleave } from "./measure.ts";
import type { Contender, Spread } from "./measure.ts";
import { wholeProcess } from "./process.ts";
import type { Comparison } from "./report.ts";
import { ROOT } from "./tools.ts";

const OURS = "cos-policy-fetcher";
/** Sigstore's own packages for JavaScript, each with a part of what the client library does or leaves out. */
const PEERS = ["@sigstore/verify", "@sigstore/tuf", "@sigstore/sign"] as const;

export const client: Suite = { name: "client", run };

async function run({ rounds }: Context): Promise<readonly Comparison[]> {
  return [installed(), await imported(rounds)];
}

function installed(): Comparison {
  return {
    title: "What is installed with the client library",
    unit: "MB",
    spreads: [OURS, ...PEERS].map((name): Spread => {
      const packages = closureOf(name, ROOT);
      return constant(`\`${name}\`: ${packages.length} packages`, totalBytes(packages) / 1e6);
    }),
  };
}

async function imported(rounds: number): Promise<Comparison> {
  const importing = (name: string): Contender => starting(`\`import "${name}"\``, `import ${JSON.stringify(name)};`);
  const contenders = [OURS, ...PEERS].map(importing);
  const empty = starting("an empty module", "");
  return {
    title: "Importing the client library, as a process",
    unit: "ms",
    spreads: await interleave([...contenders, empty], rounds),
  };
}

function starting(name: string, source: string): Contender {
  return wholeProcess(name, [process.execPath, "--input-type=module", "--eval", source], ROOT);
}
