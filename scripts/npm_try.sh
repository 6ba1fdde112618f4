#!/usr/bin/env bash
# npm_try.sh [DIR]: installs the packages of npm_pack.sh into an empty folder, as their users would, and runs the command.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
packages=$(cd "${1:-dist/npm}" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
npm init --yes >/dev/null
npm install --ignore-scripts --no-audit --no-fund "$packages"/*.tgz
npx --no-install policy-pack --version
npx --no-install policy-pack init contracts/try/v0 >/dev/null
node --input-type=module --eval 'for (const name of ["cos-policy-fetcher", "@policy-pack/companyos"]) await import(name);'
