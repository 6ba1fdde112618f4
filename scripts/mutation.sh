#!/usr/bin/env bash
# mutation.sh [STRYKER OPTION…]: takes each check of packages/verify away in turn and counts which ones no test misses.
# Installs Stryker beside its configuration first; for a part of the package add --mutate "packages/verify/src/log/*.ts".
set -euo pipefail
cd "$(dirname "$0")/.."
tools=tests/mutation/node_modules
[ -d "$tools/@stryker-mutator/core" ] || scripts/run.sh npm ci --prefix tests/mutation --ignore-scripts
scripts/run.sh npm run --silent build
exec scripts/run.sh node "$tools/@stryker-mutator/core/bin/stryker.js" run tests/mutation/stryker.config.js "$@"
