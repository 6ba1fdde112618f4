#!/usr/bin/env bash
# install_tool.sh TOOL VERSION GO_MODULE: puts TOOL at .bin/TOOL and prints its version. In this order: .bin, PATH, the
# release file that scripts/tools.txt pins by SHA-256, a Go build (whose sources Go's checksum database pins).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
tool=$1 version=$2 module=$3 target="$root/.bin/$1"
staged="$root/.bin/.$tool.$$"
mkdir -p "$root/.bin"
trap 'rm -rf "$staged" "$staged.go"' EXIT

version_of() { "$1" version 2>/dev/null | sed -nE 's/^(Version|GitVersion): *v?([0-9][^ ]*).*/\2/p' | head -n 1; }
fits() { [ -x "$1" ] && [ "$(version_of "$1")" = "$version" ]; }

download() {
  local sha url
  read -r sha url < <(awk -v t="$tool" -v v="$version" -v p="$(uname -s)-$(uname -m)" \
    '$1 == t && $2 == v && $3 == p { print $4, $5 }' "$root/scripts/tools.txt") || return 1
  printf '%s: downloading %s\n' "$tool" "$url" >&2
  curl --fail --silent --show-error --location --connect-timeout 10 --max-time 300 --output "$staged" "$url" || return 1
  printf '%s  %s\n' "$sha" "$staged" | { sha256sum --check --status 2>/dev/null || shasum -a 256 --check --status; } ||
    fail TOOL_FAILED "$url does not have the pinned SHA-256 $sha; nothing was installed. Do not use that file."
}

build() {
  command -v go >/dev/null || return 1
  printf '%s: building %s@v%s with Go (a few minutes)\n' "$tool" "$module" "$version" >&2
  GOBIN="$staged.go" CGO_ENABLED=0 go install "$module@v$version" >&2 && mv "$staged.go/$tool" "$staged"
}

if ! fits "$target"; then
  found=$(PATH=${PATH#"$root/.bin:"} command -v "$tool" || true)
  if [ -n "$found" ] && fits "$found"; then cp "$found" "$staged"; else
    download || build || fail TOOL_MISSING "$tool $version is not here. Put it on PATH, or at .bin/$tool, or allow the
download of the release file in scripts/tools.txt, or install Go so that it can be built (go install $module@v$version)."
  fi
  chmod 755 "$staged" && fits "$staged" || fail TOOL_FAILED "the $tool that was found is not version $version."
  mv "$staged" "$target"
fi
version_of "$target"
