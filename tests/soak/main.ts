import { parseArgs } from "node:util";
import { runSoak } from "./soak.ts";
import { dataWork, decisionWork, loadPack } from "./work.ts";

const HELP = `npm run soak [-- OPTIONS]

Decides and replaces data for many minutes in one process and prints its resident memory along the way. It exits with 1
when the memory grows by more than is allowed once it is warm.

  --decisions N  decisions over all entrypoints of the checkout's pack; 10 000 000 unless given
  --data N       replacements of a document of 10 MB; 1 000 unless given
  --help         this text
`;

const MEGABYTE = 1_000_000;
const DOCUMENT_BYTES = 10 * MEGABYTE;
/** The collector gives memory back in steps of some megabytes. */
const MAX_DECISION_GROWTH = 16 * MEGABYTE;
/** Less than the text and the values of one document. */
const MAX_DATA_GROWTH = 64 * MEGABYTE;
const SAMPLES = 40;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      decisions: { type: "string", default: "10000000" },
      data: { type: "string", default: "1000" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const decisions = runSoak(
    {
      name: "decisions",
      times: countOf(values.decisions),
      samples: SAMPLES,
      maxGrowthBytes: MAX_DECISION_GROWTH,
      work: decisionWork(await loadPack()),
    },
    say,
  );
  const data = runSoak(
    {
      name: "data",
      times: countOf(values.data),
      samples: SAMPLES,
      maxGrowthBytes: MAX_DATA_GROWTH,
      work: dataWork(await loadPack(), DOCUMENT_BYTES),
    },
    say,
  );
  return decisions.isFlat && data.isFlat ? 0 : 1;
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= SAMPLES) return count;
  throw new Error(`${text} is no whole number from ${SAMPLES} up`);
}

process.exitCode = await main(process.argv.slice(2));
