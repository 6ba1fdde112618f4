#!/usr/bin/env bash
# check_contract.sh [BASE] [PACK_DIR]: policy-pack contract check against a git commit. Without one, or with the zeros that
# stand for no commit, only what needs none is checked: the manifest, and who signed the bundles that are committed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
base=${1:-} pack_dir=${2:-${PACK_DIR:-contracts/policy-pack/v0}}
[[ ! "$base" =~ ^0+$ ]] || base=
exec "$root/clients/cli/bin/policy-pack.js" contract check "$pack_dir" ${base:+--base "$base"}
