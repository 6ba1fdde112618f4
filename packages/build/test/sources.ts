import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const POLICY = `package a

# METADATA
# scope: document
# entrypoint: true
allow if input.x == data.config.limit

# METADATA
# scope: document
# entrypoint: true
reasons contains "not the limit" if not allow
`;

const TESTS = `package a_test

import data.a

test_allow if a.allow with input as {"x": 3} with data.config.limit as 3

test_reasons if count(a.reasons) == 1 with input as {"x": 4} with data.config.limit as 3
`;

/** A small pack that builds; a value of undefined leaves a file out. */
export function sourceFiles(changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const files: Record<string, string | undefined> = {
    "opa/a/a.rego": POLICY,
    "opa/a/a_test.rego": TESTS,
    "data/config/data.json": '{"limit": 3}\n',
    "README.md": "# A\n",
    "signing/README.md": "nobody\n",
    ...changes,
  };
  return Object.fromEntries(Object.entries(files).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Writes files below a folder, in the order given. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
