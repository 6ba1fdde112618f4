#!/usr/bin/env bash
# simulate_pack.sh [PACK_DIR]: holds the pack's decisions against cases/baseline.json of its source, with MIGRATION_NOTES
# where there are any. A pack without a baseline passes, and it is said how to write one.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$root/scripts/notes.sh"
pack_dir=${1:-${PACK_DIR:-contracts/policy-pack/v0}}
if [ ! -f "$pack_dir/cases/baseline.json" ]; then
  printf '%s has no baseline; policy-pack simulate %s --update writes one\n' "$pack_dir" "$pack_dir"
  exit
fi
exec "$root/clients/cli/bin/policy-pack.js" simulate "$pack_dir" --check ${notes[@]+"${notes[@]}"}
