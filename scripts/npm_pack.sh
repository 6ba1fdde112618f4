#!/usr/bin/env bash
# npm_pack.sh [DIR] [VERSION]: packs every workspace that is not private into DIR (default: dist/npm), numbered in the order
# in which they can be published. Under GitHub Actions each names its repository, which npm compares with its provenance.
# With VERSION, a workspace of another version is an error. The checkout is not changed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$root"
exec node --disable-warning=ExperimentalWarning scripts/npm/pack.ts "${1:-dist/npm}" "${2:-}"
