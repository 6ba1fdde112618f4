#!/usr/bin/env bash
# build_policy_pack.sh [PACK_DIR] [OUT_DIR] [PACK_TAR]: builds the pack and prints its digest's 64 hex characters alone.
# What fails is said on stderr, and the exit status is the command's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
pack_dir=${1:-${PACK_DIR:-contracts/policy-pack/v0}}
out_dir=${2:-${OUT_DIR:-dist/policy-pack/v0}}
pack_tar=${3:-${PACK_TAR:-}}
if [ -n "$pack_tar" ]; then mkdir -p "$(dirname "$pack_tar")"; fi
read_answer='const { digest, error } = JSON.parse(require("fs").readFileSync(0, "utf8") || "{}");
const printable = (text) => text.replace(/[^\P{C}\n\t]/gu, " ");
if (error) console.error(`error ${error.code}: ${printable(error.message)}`);
else if (digest) console.log(digest.replace("sha256:", ""));'
npx --no-install policy-pack build "$pack_dir" --out "$out_dir" ${pack_tar:+--tar "$pack_tar"} --json | node -e "$read_answer"
