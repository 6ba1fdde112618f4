#!/usr/bin/env bash
# dev_install_opa.sh [VERSION]: puts a checked opa at .bin/opa and prints its version. A pack is only built by the default.
exec "$(dirname "${BASH_SOURCE[0]}")/install_tool.sh" opa "${1:-1.20.2}" github.com/open-policy-agent/opa
