/** Unit, contract, interop and e2e tests. The fresh-clone test is a step of its own (npm run test:fresh-clone). */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  roots: ["<rootDir>/packages", "<rootDir>/clients", "<rootDir>/server", "<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  modulePathIgnorePatterns: ["<rootDir>/.cache/"],
  reporters: ["default", "<rootDir>/tests/support/summary-reporter.js"],
  testTimeout: 60_000,
  // On two processors Jest would take one; much of what the tests do is to wait for programs that they started.
  maxWorkers: 2,
  transform: {
    "^.+\\.ts$": ["ts-jest", { useESM: true, tsconfig: "<rootDir>/tsconfig.test.json", diagnostics: false }],
  },
};
