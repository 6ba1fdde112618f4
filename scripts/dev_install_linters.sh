#!/usr/bin/env bash
# dev_install_linters.sh: puts actionlint, zizmor and shellcheck of pinned versions into .bin/ (Go, Python 3 and their
# package registries are needed). One that cannot be had is left out and named; the exit status is then 2.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
actionlint=1.7.12 zizmor=1.32.0 shellcheck=0.11.0
python="$root/.tools/linters"
status=0
mkdir -p "$root/.bin" "$root/.tools"

# has TOOL VERSION: the one in .bin says that it is this version.
has() { [ -x "$root/.bin/$1" ] && [[ "$("$root/.bin/$1" --version 2>/dev/null)" == *"$2"* ]]; }
missing() { printf '%s is not installed: %s\n' "$1" "$2" >&2; status=2; }

if ! has actionlint "$actionlint"; then
  GOBIN="$root/.bin" CGO_ENABLED=0 go install "github.com/rhysd/actionlint/cmd/actionlint@v$actionlint" >&2 ||
    missing actionlint "Go could not build it"
fi
if ! has zizmor "$zizmor" || ! has shellcheck "$shellcheck"; then
  if rm -rf "$python" && python3 -m venv "$python" >&2 &&
    "$python/bin/pip" install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes \
      --requirement "$root/scripts/lint/requirements.txt" >&2; then
    ln -sf ../.tools/linters/bin/zizmor ../.tools/linters/bin/shellcheck "$root/.bin/"
  else
    missing "zizmor or shellcheck" "pip could not install scripts/lint/requirements.txt"
  fi
fi
exit "$status"
