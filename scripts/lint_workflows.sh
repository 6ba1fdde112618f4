#!/usr/bin/env bash
# lint_workflows.sh: checks .github with actionlint, which runs shellcheck on every step, and with zizmor, and scripts/ with
# the same shellcheck. A linter that is not in .bin/ or on PATH is named and left out; with none nothing was checked: an error.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$root"
checked=0

# lint TOOL ARGUMENT…
lint() {
  if command -v "$1" >/dev/null; then
    "$@"
    checked=1
  else
    printf 'skipped: %s is not here; npm run dev:linters puts it at .bin/%s\n' "$1" "$1" >&2
  fi
}
lint actionlint -color
# Offline: what only GitHub can answer, such as whether a commit belongs to the repository that is named, is not asked.
lint zizmor --quiet --offline --persona=auditor --strict-collection .github
lint shellcheck --shell=bash --external-sources --source-path=SCRIPTDIR --severity=warning scripts/*.sh
[ "$checked" = 1 ] || fail TOOL_MISSING "no linter is here; npm run dev:linters installs them."
