import { differenceTexts, isParity, testResult, toParityField } from "@policy-pack/build";
import type { AssembledPack, OpaTool, ParityReport, StepTime } from "@policy-pack/build";
import { ConfigError } from "@policy-pack/pack";
import { Rejection } from "../rejection.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { printable } from "../terminal.ts";
import { notComparedNotes, parityFact } from "./parity-text.ts";

export interface TestedPack {
  readonly packId: string;
  readonly pack: AssembledPack;
  readonly opa: OpaTool;
  readonly timings: readonly StepTime[];
}

/**
 * The answer to a test, for programs and for people.
 * @throws Rejection of SOURCE_TESTS_FAILED or PARITY_FAILED, with all that was seen beside it
 */
export function describeTest(tested: TestedPack): Report {
  const { packId, pack } = tested;
  const { parity, failures } = pack;
  const report = { json: toJson(tested), text: toText(tested) };
  if (failures !== undefined) {
    const { failedTests, skippedTests } = pack.tests;
    const what = failedTests.length > 0 ? `${failedTests.length} fail` : `${skippedTests.length} are left out`;
    throw new Rejection(new ConfigError("SOURCE_TESTS_FAILED", `${packId}: of the tests ${what}.`), {
      json: report.json,
      text: `${failures}\n\n${report.text}`,
    });
  }
  if (parity === undefined || isParity(parity)) return report;
  throw new Rejection(
    new ConfigError("PARITY_FAILED", `${packId}: OPA and the compiled module decide differently.`),
    report,
  );
}

function toJson({ packId, pack, opa, timings }: TestedPack): Report["json"] {
  const { tests, coverage, parity, manifest, failures } = pack;
  return {
    packId,
    result: testResult(pack),
    tests,
    failures: failures ?? null,
    coverage,
    requires: manifest.requires,
    parity: parity === undefined ? null : toParityField(parity),
    opa,
    timings,
  };
}

function toText({ packId, pack, opa, timings }: TestedPack): string {
  const { tests, coverage, parity } = pack;
  const { passedTests, skippedTests, failedTests } = tests;
  const took = (name: StepTime["step"]): string => {
    const time = timings.find(({ step }) => step === name);
    return time === undefined ? "" : `${time.ms.toFixed(0)} ms`;
  };
  const counts = [
    `${passedTests.length} passed`,
    ...(failedTests.length === 0 ? [] : [`${failedTests.length} failed`]),
    ...(skippedTests.length === 0 ? [] : [`${skippedTests.length} left out`]),
  ].join(", ");
  const covered = failedTests.length === 0 ? `, ${coverage} % of the lines covered` : "";
  const rows = [
    ["test", took("test"), `${counts}${covered}, with OPA ${opa.version}`],
    ...(parity === undefined ? [] : [["parity", took("parity"), parityWords(parity)]]),
  ];
  const entrypoints = (parity?.entrypoints ?? []).map(({ entrypoint, decisions, differences }) => [
    entrypoint,
    `${decisions} decisions`,
    differences === 0 ? "alike" : `${differences} differ`,
  ]);
  const differing = parity === undefined ? [] : differenceTexts(parity);
  const parts = [packId, formatTable(rows), formatTable(entrypoints), ...differing, ...notComparedNotes(parity)];
  return parts
    .filter((part) => part !== "")
    .map(printable)
    .join("\n\n");
}

function parityWords(parity: ParityReport): string {
  return isParity(parity) ? parityFact(parity) : "OPA and the module decide differently";
}
