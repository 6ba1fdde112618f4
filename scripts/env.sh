# Sourced by the other scripts: the checkout's root, and the Node and tools that fit on PATH.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The same range as "engines" in package.json; tests/workspace.test.ts compares the two.
node_fits() {
  local version major minor patch
  version=$(node --version 2>/dev/null) || return 1
  IFS=. read -r major minor patch <<<"${version#v}"
  patch=${patch%%-*}
  ((major == 22 && (minor > 22 || (minor == 22 && patch >= 2)))) || ((major == 24 && minor >= 15)) || ((major >= 26))
}

node_fits || PATH="$root/.tools/node/bin:$PATH"
PATH="$root/.bin:$PATH"
export PATH

fail() {
  printf 'error %s: %s\n' "$1" "$2" >&2
  exit 2
}
