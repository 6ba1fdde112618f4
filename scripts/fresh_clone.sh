#!/usr/bin/env bash
# Clones this checkout's HEAD into a temporary folder and runs `make demo` there twice, with empty caches, as a newcomer
# would. The only test that reaches package registries. Fails if anything is red or git sees a change afterwards.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
PATH=${PATH//"$root/.bin:"/} PATH=${PATH//"$root/.tools/node/bin:"/}
clone=$(mktemp -d)
trap 'chmod -R u+w "$clone" && rm -rf "$clone"' EXIT
export npm_config_cache="$clone/caches/npm" GOPATH="$clone/caches/go" GOCACHE="$clone/caches/go-build"
unset NODE_OPTIONS npm_config_prefix INIT_CWD

git clone --quiet "file://$root" "$clone/policy-pack"
cd "$clone/policy-pack"
for run in first second; do
  started=$SECONDS
  make demo
  printf 'fresh clone: %s make demo took %s s\n' "$run" "$((SECONDS - started))"
done
changes=$(git status --porcelain)
[ -z "$changes" ] || fail TOOL_FAILED "make demo changed files that git tracks: $changes"
printf '2 passed, 0 failed\n'
