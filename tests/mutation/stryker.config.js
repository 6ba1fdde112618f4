import { fileURLToPath } from "node:url";

/** A mutation run over packages/verify: each check is taken away in turn, and some test must fail. */
export default {
  mutate: ["packages/verify/src/**/*.ts"],
  testRunner: "mocha",
  plugins: ["@stryker-mutator/mocha-runner", "./prose.js"].map((name) => fileURLToPath(import.meta.resolve(name))),
  ignorers: ["prose"],
  mochaOptions: {
    spec: ["packages/verify/test/**/*.test.ts"],
    // They flip every bit of whole bundles or try thousands of random texts, for seconds each and mutant: what they
    // catch, one small test of that check catches too, and a run without them never counts too many mutants as killed.
    ignore: ["hostile-bytes", "*-flips", "*-properties", "list-schemas"].map(
      (name) => `packages/verify/test/**/${name}.test.ts`,
    ),
    "no-config": true,
    "no-package": true,
    "no-opts": true,
  },
  testRunnerNodeArgs: ["--no-warnings", "--import", "./tests/mutation/hooks.js"],
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 5_000,
  reporters: ["clear-text", "progress-append-only", "json"],
  jsonReporter: { fileName: ".cache/mutation/report.json" },
  tempDirName: ".cache/mutation/sandbox",
  ignorePatterns: [
    "/dist",
    "/clients",
    "/server",
    "/contracts",
    "/.git",
    "/.bin",
    "/.tools",
    "/.policy-pack",
    "node_modules",
  ],
  disableTypeChecks: false,
  incremental: true,
  incrementalFile: ".cache/mutation/incremental.json",
  cleanTempDir: "always",
};
