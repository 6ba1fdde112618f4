#!/usr/bin/env bash
# run.sh COMMAND…: runs a command with the checkout's Node and tools first on PATH.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
exec "$@"
