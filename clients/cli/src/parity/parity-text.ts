import type { ParityReport } from "@policy-pack/build";

/** What the gate compared, in one line. */
export function parityFact(report: ParityReport): string {
  const { decisions, cases, inputs, seed, tests } = report;
  const drawn = `${cases} recorded cases, ${inputs} inputs a package of seed ${seed}`;
  return `OPA and the module: ${tests} tests and ${decisions} decisions alike (${drawn})`;
}

const MAX_NOTES = 10;

/** What could not be asked of both, a line each. */
export function notComparedNotes(report: ParityReport | undefined): readonly string[] {
  const { notCompared = [] } = report ?? {};
  const shown = notCompared.slice(0, MAX_NOTES).map(({ name, why }) => `Not compared: ${name}: ${why}`);
  const more = notCompared.length - shown.length;
  return more > 0 ? [...shown, `Not compared: ${more} more`] : shown;
}
