#!/usr/bin/env bash
# say_error.sh <ANSWER: prints the error of a --json answer, when it is one, on stderr. What OPA quotes of a policy stands in
# its lines, and none of them is a command to GitHub's runner, which takes lines that begin with :: or hold ##[ for such.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
exec node -e 'const { error } = JSON.parse(require("fs").readFileSync(0, "utf8").trim() || "{}");
const printable = (text) => text.replace(/\r\n?/g, "\n").replace(/[^\P{C}\n\t]/gu, " ");
const plain = (text) => printable(text).replace(/(?<=\n\s*)(?=::)|(?<=##)(?=\[)/g, "\u2060");
if (error) console.error(plain(`error ${error.code}: ${error.message}`));'
