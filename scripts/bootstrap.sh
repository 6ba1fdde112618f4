#!/usr/bin/env bash
# Makes the checkout ready: a Node that fits, the npm packages, OPA, the compiled workspaces and the command. What is there is reused.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$root"

say() { printf 'bootstrap: %s\n' "$1" >&2; }
# Runs a noisy step quietly and shows what it printed only when it fails.
quietly() {
  local log limit="" # npm has been seen to wait for ever without a connection
  log=$(mktemp) && { ! command -v timeout >/dev/null || limit="timeout 300"; }
  if $limit "$@" >"$log" 2>&1; then rm -f "$log"; else cat "$log" >&2; rm -f "$log"; return 1; fi
}

if ! node_fits; then
  command -v npm >/dev/null || fail TOOL_MISSING "neither a Node that fits nor npm is here; install Node 24 (https://nodejs.org)."
  say "installing Node 24 into .tools/ (the host's $(node --version) does not fit)"
  rm -rf .tools/node.new && mkdir -p .tools/node.new/bin
  cp scripts/node/package.json scripts/node/package-lock.json .tools/node.new/
  for attempt in 1 2 3; do # npm leaves out, in silence, an optional package that it could not fetch
    quietly npm ci --prefix .tools/node.new --ignore-scripts || true
    binary=$(cd .tools/node.new/bin && ls ../node_modules/node-*/bin/node 2>/dev/null) && break
    say "npm gave no Node (attempt $attempt of 3)"
  done
  ln -s "${binary:-missing}" .tools/node.new/bin/node
  rm -rf .tools/node && mv .tools/node.new .tools/node
  hash -r
  node_fits || fail TOOL_MISSING "npm gave no Node that fits this platform; install Node 24 (https://nodejs.org)."
fi

# node_modules is made anew only when the lockfile, Node's ABI or the platform is another.
stamp="$(node -p '`${process.versions.modules} ${process.platform} ${process.arch}`') $(git hash-object package-lock.json)"
if [ "$(cat node_modules/.policy-pack-stamp 2>/dev/null)" != "$stamp" ]; then
  say "installing npm packages"
  quietly npm ci --ignore-scripts || quietly npm ci --ignore-scripts
  printf '%s' "$stamp" >node_modules/.policy-pack-stamp
fi

scripts/dev_install_opa.sh >/dev/null
npm run --silent build
