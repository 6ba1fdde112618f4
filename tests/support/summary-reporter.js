/**
 * Ends a run with what was not run and how to get it, then the plain line "N passed, N failed, N skipped".
 * A suite that needs something that may be absent says so in its title: "[needs cosign]".
 */
const HOW = {
  cosign: "scripts/dev_install_cosign.sh puts cosign at .bin/cosign",
  actionlint: "npm run dev:linters puts actionlint at .bin/actionlint",
  zizmor: "npm run dev:linters puts zizmor at .bin/zizmor",
  shellcheck: "npm run dev:linters puts shellcheck at .bin/shellcheck",
  "GNU tar": "install GNU tar (Debian: tar; macOS: brew install gnu-tar)",
  openssl: "install openssl (Debian: apt-get install openssl)",
  softhsm2: "install SoftHSM (Debian: apt-get install softhsm2; macOS: brew install softhsm)",
  opensc: "install SoftHSM and OpenSC (Debian: apt-get install softhsm2 opensc)",
  Linux: "run them on Linux",
  "/dev/full": "run them on Linux",
  jq: "install jq (Debian: apt-get install jq; macOS: brew install jq)",
  curl: "install curl (Debian: apt-get install curl)",
  "Argo Rollouts CRDs":
    "set ARGO_ROLLOUTS_CRDS to a folder of Argo Rollouts' rollout-crd.yaml, analysis-template-crd.yaml and analysis-run-crd.yaml",
  "sigstore vectors": "set SIGSTORE_VECTORS to a folder of the Sigstore conformance suite's bundles",
};

export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const missing = new Map();
    const skipped = results.testResults
      .flatMap((file) => file.testResults)
      .filter(({ status }) => status === "pending");
    for (const { fullName } of skipped) {
      const need = /\[needs ([^\]]+)\]/.exec(fullName)?.[1] ?? "an unnamed reason";
      missing.set(need, (missing.get(need) ?? 0) + 1);
    }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const lines = [
      ...(missing.size > 0 ? ["", "Not run:"] : []),
      ...[...missing].map(([need, count]) => `  ${count} tests need ${need}: ${HOW[need] ?? "see the test's title"}`),
      "",
      `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped`,
    ];
    // Jest's own summary comes after its reporters; the plain line is to be the last one.
    process.once("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
  }
}
