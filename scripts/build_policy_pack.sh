#!/usr/bin/env bash
# build_policy_pack.sh [PACK_DIR] [OUT_DIR] [PACK_TAR]: builds the pack and prints its digest's 64 hex characters alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
pack_dir=${1:-${PACK_DIR:-contracts/policy-pack/v0}}
out_dir=${2:-${OUT_DIR:-dist/policy-pack/v0}}
pack_tar=${3:-${PACK_TAR:-}}
digest=$(npx --no-install policy-pack build "$pack_dir" --out "$out_dir" ${pack_tar:+--tar "$pack_tar"} --json |
  node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).digest.replace("sha256:", "")')
printf '%s\n' "$digest"
