#!/usr/bin/env bash
# build_policy_pack.sh [PACK_DIR] [OUT_DIR] [PACK_TAR]: builds the pack and prints its digest's 64 hex characters alone.
# What fails is said on stderr, and the exit status is the command's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
pack_dir=${1:-${PACK_DIR:-contracts/policy-pack/v0}}
out_dir=${2:-${OUT_DIR:-dist/policy-pack/v0}}
pack_tar=${3:-${PACK_TAR:-}}
if [ -n "$pack_tar" ]; then mkdir -p "$(dirname "$pack_tar")"; fi
status=0
answer=$(npx --no-install policy-pack build "$pack_dir" --out "$out_dir" ${pack_tar:+--tar "$pack_tar"} --json) || status=$?
"$root/scripts/say_error.sh" <<<"$answer" || [ "$status" != 0 ]
[ "$status" = 0 ] || exit "$status"
digest=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).digest' <<<"$answer")
# Jobs compare what is printed here: nothing must never be equal to nothing.
[[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || fail TOOL_FAILED "the build of $pack_dir gave no digest."
printf '%s\n' "${digest#sha256:}"
