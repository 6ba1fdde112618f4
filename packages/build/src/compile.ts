import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, isJsonObject, isPolicyPath, parseJson } from "@policy-pack/pack";
import type { JsonObject, SourceFile } from "@policy-pack/pack";
import { parseCapabilities } from "./capabilities.ts";
import type { Capabilities } from "./capabilities.ts";
import { BUILD_LIMITS } from "./limits.ts";
import { readOpaArchive } from "./opa-archive.ts";
import type { CompiledModule } from "./opa-archive.ts";
import { failed, opaMessage, runOpa } from "./opa-run.ts";
import type { OpaRun } from "./opa-run.ts";
import { checkPlaces, parsePackages } from "./packages.ts";
import type { PackagePath } from "./packages.ts";
import type { Steps } from "./steps.ts";
import { parseTestReport } from "./test-report.ts";
import type { TestReport } from "./test-report.ts";
import { withWorkspace } from "./workspace.ts";

export interface CompiledRego extends CompiledModule {
  /** Those that decide: tests' packages are not in the pack's roots. */
  readonly packages: readonly PackagePath[];
  readonly capabilities: Capabilities;
  readonly tests: TestReport;
  /** Percent of all lines, as `opa test --coverage` states it. */
  readonly coverage: number;
}

/** The exit status of `opa test` when tests failed, and nothing else went wrong. */
const TESTS_FAILED = 2;
/** OPA's own limit for one test is five seconds, which a loaded machine exceeds: the run's limit is the one that counts. */
const TEST_TIMEOUT = `${BUILD_LIMITS.opaTimeoutMs}ms`;

interface Job {
  readonly run: OpaRun;
  readonly output: string;
  /** Rego, tests included; sorted. */
  readonly rego: readonly string[];
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
  const rego = paths.filter((path) => path.startsWith("opa/") && path.endsWith(".rego")).sort(byBytes);
  const policies = rego.filter(isPolicyPath);
  if (policies.length === 0) throw new ConfigError("SOURCE_INVALID", "The pack's opa/ folder holds no policy (.rego).");
  return withWorkspace(source.files, async (workspace) => {
    const { output } = workspace;
    const run = { opa, cwd: workspace.source, home: workspace.home, signal };
    const hasSchemas = paths.some((path) => path.startsWith("opa/schemas/"));
    const job = { run, output, rego, hasSchemas, offline: join(output, "capabilities.json") };
    const { capabilities, packages } = await steps.time("check", () => checkRego(job, source.data));
    const { tests, coverage } = await steps.time("test", () => testRego(job));
    if (options.failingTests !== "report") await refuseFailures(job, tests);
    const module = await steps.time("compile", () => buildRego(job, policies));
    return { ...module, packages, capabilities, tests, coverage };
  });
}

async function checkRego(job: Job, data: JsonObject): Promise<Pick<CompiledRego, "capabilities" | "packages">> {
  const capabilities = parseCapabilities(await print(job, ["capabilities", "--current"]));
  await writeFile(job.offline, capabilities.offline);
  const schema = job.hasSchemas ? ["--schema", "opa/schemas"] : [];
  const inputs = ["--capabilities", job.offline, ...schema, ...job.rego, "data"];
  const checked = await runOpa(job.run, ["check", "--strict", ...inputs]);
  if (checked.exitCode !== 0) throw refused(opaMessage(checked));
  const inspected = parsePackages(await print(job, ["inspect", "--format", "json", "opa"]));
  checkPlaces(
    data,
    inspected.map(({ path }) => path),
  );
  return { capabilities, packages: inspected.filter(({ files }) => files.some(isPolicyPath)).map(({ path }) => path) };
}

/** What a command prints that no policy makes fail. */
async function print(job: Job, args: readonly string[]): Promise<string> {
  const output = await runOpa(job.run, args);
  if (output.exitCode !== 0) throw failed(args, `failed: ${opaMessage(output)}`);
  return output.stdout;
}

async function testRego(job: Job): Promise<{ tests: TestReport; coverage: number }> {
  const inputs = testInputs(job);
  const [tests, coverage] = await settle(
    runOpa(job.run, ["test", "--format", "json", ...inputs]),
    runOpa(job.run, ["test", "--coverage", "--coverage-runs=", "--format", "json", ...inputs]),
  );
  if (tests.exitCode !== 0 && tests.exitCode !== TESTS_FAILED) throw await testsRefused(job);
  const report = parseTestReport(tests.stdout);
  const isFailure = report.failedTests.length > 0;
  // A run that ended badly without a failed test ended for another reason.
  if (tests.exitCode === TESTS_FAILED && !isFailure) throw await testsRefused(job);
  if (coverage.exitCode !== 0 && !isFailure) throw failed(["test"], `failed: ${opaMessage(coverage)}`);
  return { tests: report, coverage: isFailure ? 0 : percentOf(coverage.stdout) };
}

async function refuseFailures(job: Job, { failedTests }: TestReport): Promise<void> {
  if (failedTests.length > 0) throw await testsRefused(job);
}

/** OPA says to people what its report says to programs: it is run once more for its words. */
async function testsRefused(job: Job): Promise<ConfigError> {
  const told = await runOpa(job.run, ["test", ...testInputs(job)]);
  return new ConfigError("SOURCE_TESTS_FAILED", `The policies' tests do not pass:\n${opaMessage(told)}`);
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

async function buildRego(job: Job, policies: readonly string[]): Promise<CompiledModule> {
  const archive = join(job.output, "bundle.tar.gz");
  const built = await runOpa(job.run, ["build", "--target", "wasm", "--output", archive, ...policies]);
  if (built.exitCode !== 0) throw refused(opaMessage(built));
  return readOpaArchive(archive);
}

/** Waits for both even when one fails, so that no OPA outlives its folder. */
async function settle<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

function refused(message: string): ConfigError {
  return new ConfigError("SOURCE_INVALID", `OPA refuses the policies:\n${message}`);
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
