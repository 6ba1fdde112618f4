import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, isJsonObject, isPolicyPath, parseJson } from "@policy-pack/pack";
import type { JsonObject, PackRequires, SourceFile } from "@policy-pack/pack";
import { compareBytes } from "./bytes.ts";
import { parseCapabilities, UNCOMPILABLE_BUILTINS } from "./capabilities.ts";
import type { Capabilities } from "./capabilities.ts";
import { BUILD_LIMITS } from "./limits.ts";
import { buildModule, isCompiled } from "./module-build.ts";
import type { CompiledModule } from "./opa-archive.ts";
import { failed, opaMessage, runOpa } from "./opa-run.ts";
import type { OpaRun } from "./opa-run.ts";
import { checkPlaces, parsePackages, toRoots } from "./packages.ts";
import type { PackagePath } from "./packages.ts";
import { checkParity } from "./parity/gate.ts";
import { requireParity } from "./parity/require-parity.ts";
import type { ParityOptions, ParityReport } from "./parity/parity.ts";
import { checkProvided, readRequires } from "./requires.ts";
import type { Steps } from "./steps.ts";
import { parseTestReport } from "./test-report.ts";
import type { TestReport } from "./test-report.ts";
import { withWorkspace } from "./workspace.ts";

export interface CompiledRego extends CompiledModule {
  /** Those that decide: tests' packages are not in the pack's roots. */
  readonly packages: readonly PackagePath[];
  readonly capabilities: Capabilities;
  /** What the module asks of its host. */
  readonly requires: PackRequires;
  readonly tests: TestReport;
  /** What OPA says to people of tests that fail or are left out; undefined when none is. */
  readonly failures: string | undefined;
  /** Percent of all lines, as `opa test --coverage` states it. */
  readonly coverage: number;
  /** Undefined when nobody asked for it. */
  readonly parity: ParityReport | undefined;
}

/** The exit status of `opa test` when tests failed, and nothing else went wrong. */
const TESTS_FAILED = 2;
const UNCOMPILABLE = new RegExp(
  UNCOMPILABLE_BUILTINS.map((name) => name.slice(name.lastIndexOf(".") + 1)).join("|"),
  "u",
);
/** OPA's own limit for one test is five seconds, which a loaded machine exceeds: the run's limit is the one that counts. */
const TEST_TIMEOUT = `${BUILD_LIMITS.opaTimeoutMs}ms`;

interface Job {
  readonly run: OpaRun;
  readonly output: string;
  /** Rego, tests included; sorted. */
  readonly rego: readonly string[];
  /** Rego without tests; sorted. */
  readonly policies: readonly string[];
  readonly hasSchemas: boolean;
  /** A file of capabilities that allow no host. */
  readonly offline: string;
}

/** What OPA reads of a pack. */
export interface RegoSource {
  readonly files: readonly SourceFile[];
  /** The base documents, merged. */
  readonly data: JsonObject;
}

export interface CompileOptions {
  readonly opa: string;
  readonly steps: Steps;
  readonly signal?: AbortSignal | undefined;
  /** What failing tests do: end the build (unless said otherwise), or stand in its report. */
  readonly failingTests?: "refuse" | "report";
  /** Whether `print()` calls are compiled; left out unless said. */
  readonly includesPrint?: boolean;
  /** How the module is held against OPA; not at all unless given. */
  readonly parity?: ParityOptions;
}

/**
 * Checks (strictly, against the schemas), tests and compiles the Rego of a source in a private copy of it, under
 * relative, sorted names: absolute ones would end up in the module. Tests take no part in the module, since each of
 * their rules would become an entrypoint. Nothing reaches the network.
 * @throws ConfigError SOURCE_INVALID | SOURCE_TESTS_FAILED with OPA's own message, TOOL_FAILED, OUTPUT_FAILED
 */
export async function compileRego(source: RegoSource, options: CompileOptions): Promise<CompiledRego> {
  const { steps, signal, opa } = options;
  const paths = source.files.map(({ path }) => path);
  const rego = paths.filter((path) => path.startsWith("opa/") && path.endsWith(".rego")).sort(compareBytes);
  const policies = rego.filter(isPolicyPath);
  if (policies.length === 0) throw new ConfigError("SOURCE_INVALID", "The pack's opa/ folder holds no policy (.rego).");
  return withWorkspace(source.files, async (workspace) => {
    const { output } = workspace;
    const run = { opa, cwd: workspace.source, home: workspace.home, signal };
    const hasSchemas = paths.some((path) => path.startsWith("opa/schemas/"));
    const offline = join(output, "capabilities.json");
    const job = { run, output, rego, policies, hasSchemas, offline };
    const { capabilities, packages } = await steps.time("check", () => checkRego(job, source));
    const { tests, coverage, printed } = await steps.time("test", () => testRego(job));
    const failures = isWhole(tests) ? undefined : await failureText(job);
    if (failures !== undefined && options.failingTests !== "report") throw testsRefused(failures);
    const module = await steps.time("compile", () => buildRego(job, options.includesPrint === true));
    const compiled = { ...module, packages, capabilities, tests, coverage, failures };
    const parity = await holdAgainstOpa(job, source, { ...compiled, printed }, options);
    return { ...compiled, parity };
  });
}

async function holdAgainstOpa(
  job: Job,
  { files, data }: RegoSource,
  compiled: Omit<CompiledRego, "parity"> & { readonly printed: string },
  { steps, parity: options }: CompileOptions,
): Promise<ParityReport | undefined> {
  if (options === undefined) return undefined;
  const { wasm, entrypoints, packages, requires, printed } = compiled;
  const pack = { entrypoints, files: new Map(files.map(({ path, bytes }) => [path, bytes])), data };
  const roots = toRoots(data, packages);
  const asked = { ...job, data, roots, wasm, required: requires.builtins, pack, testOutput: printed };
  const report = await steps.time("parity", () => checkParity(asked, options));
  if (options.onDifference !== "report") requireParity(report);
  return report;
}

async function checkRego(
  job: Job,
  { files, data }: RegoSource,
): Promise<Pick<CompiledRego, "capabilities" | "packages">> {
  const capabilities = parseCapabilities(await print(job, ["capabilities", "--current"]));
  await writeFile(job.offline, capabilities.offline);
  const schema = job.hasSchemas ? ["--schema", "opa/schemas"] : [];
  const inputs = ["--capabilities", job.offline, ...schema, ...job.rego, "data"];
  const checked = await runOpa(job.run, ["check", "--strict", ...inputs]);
  if (checked.exitCode !== 0) throw refused(opaMessage(checked));
  await checkCompilable(job, files, capabilities);
  const inspected = parsePackages(await print(job, ["inspect", "--format", "json", "opa"]));
  checkPlaces(
    data,
    inspected.map(({ path }) => path),
  );
  return { capabilities, packages: inspected.filter(({ files }) => files.some(isPolicyPath)).map(({ path }) => path) };
}

/** Has OPA name the place of a builtin that no module can have; tests, which are not shipped, may call it. */
async function checkCompilable(job: Job, files: readonly SourceFile[], { compilable }: Capabilities): Promise<void> {
  const isSuspect = ({ path, bytes }: SourceFile): boolean =>
    job.policies.includes(path) && UNCOMPILABLE.test(textOf(bytes));
  if (!files.some(isSuspect)) return;
  const capabilities = join(job.output, "compilable.json");
  await writeFile(capabilities, compilable);
  const checked = await runOpa(job.run, ["check", "--capabilities", capabilities, ...job.policies, "data"]);
  if (checked.exitCode === 0) return;
  const names = UNCOMPILABLE_BUILTINS.join(", ");
  throw new ConfigError("SOURCE_INVALID", `A compiled policy cannot call ${names}:\n${opaMessage(checked)}`);
}

/** What a command prints that no policy makes fail. */
async function print(job: Job, args: readonly string[]): Promise<string> {
  const output = await runOpa(job.run, args);
  if (output.exitCode !== 0) throw failed(args, `failed: ${opaMessage(output)}`);
  return output.stdout;
}

/** @returns also what OPA printed of the tests */
async function testRego(job: Job): Promise<{ tests: TestReport; coverage: number; printed: string }> {
  const inputs = testInputs(job);
  const [tests, coverage] = await settle(
    runOpa(job.run, ["test", "--format", "json", ...inputs]),
    runOpa(job.run, ["test", "--coverage", "--coverage-runs=", "--format", "json", ...inputs]),
  );
  if (tests.exitCode !== 0 && tests.exitCode !== TESTS_FAILED) throw testsRefused(await failureText(job));
  const report = parseTestReport(tests.stdout);
  const isFailure = report.failedTests.length > 0;
  // A run that ended badly without a test that failed or was left out ended for another reason.
  if (tests.exitCode === TESTS_FAILED && isWhole(report)) throw testsRefused(await failureText(job));
  if (coverage.exitCode !== 0 && isWhole(report)) throw failed(["test"], `failed: ${opaMessage(coverage)}`);
  return { tests: report, coverage: isFailure ? 0 : percentOf(coverage.stdout), printed: tests.stdout };
}

/** Whether every test was run and passed. */
function isWhole({ failedTests, skippedTests }: TestReport): boolean {
  return failedTests.length + skippedTests.length === 0;
}

/** OPA says to people what its report says to programs: it is run once more for its words. */
async function failureText(job: Job): Promise<string> {
  return opaMessage(await runOpa(job.run, ["test", ...testInputs(job)]));
}

function testsRefused(failures: string): ConfigError {
  return new ConfigError("SOURCE_TESTS_FAILED", `The policies' tests do not pass:\n${failures}`);
}

function testInputs(job: Job): readonly string[] {
  return ["--timeout", TEST_TIMEOUT, "--capabilities", job.offline, ...job.rego, "data"];
}

function percentOf(stdout: string): number {
  const { maxOpaOutputBytes: maxBytes } = BUILD_LIMITS;
  const report = parseJson(stdout, { maxBytes, code: "TOOL_FAILED", what: "What opa test printed" });
  const percent = isJsonObject(report) ? report["coverage"] : undefined;
  return typeof percent === "number" ? percent : 0;
}

async function buildRego(job: Job, includesPrint: boolean): Promise<CompiledModule & Pick<CompiledRego, "requires">> {
  const built = await buildModule(job.run, join(job.output, "bundle.tar.gz"), { rego: job.policies, includesPrint });
  if (!isCompiled(built)) throw refused(opaMessage(built));
  const requires = await readRequires(built.wasm);
  checkProvided(requires);
  return { ...built, requires };
}

/** Waits for both even when one fails, so that no OPA outlives its folder. */
async function settle<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

function refused(message: string): ConfigError {
  return new ConfigError("SOURCE_INVALID", `OPA refuses the policies:\n${message}`);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
