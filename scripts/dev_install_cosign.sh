#!/usr/bin/env bash
# dev_install_cosign.sh [VERSION]: puts a checked cosign at .bin/cosign and prints its version (interop tests, benchmarks).
exec "$(dirname "${BASH_SOURCE[0]}")/install_tool.sh" cosign "${1:-3.1.1}" github.com/sigstore/cosign/v3/cmd/cosign
