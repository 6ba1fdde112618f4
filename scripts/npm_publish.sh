#!/usr/bin/env bash
# npm_publish.sh [DIR]: publishes the packages of npm_pack.sh in their order, with provenance, by npm's trusted publishing:
# the workflow's identity and no token. A version that is published with the same bytes is passed over, so that a run that
# broke off can be repeated; one with other bytes is an error.
set -euo pipefail
dir=${1:-dist/npm}
fail() { printf 'error %s: %s\n' "$1" "$2" >&2; exit 2; }

for package in "$dir"/*.tgz; do
  [ -f "$package" ] || fail CONFIG_INVALID "$dir holds no packages; npm_pack.sh makes them."
  spec=$(tar -xzOf "$package" package/package.json | jq -er '"\(.name)@\(.version)"')
  integrity=sha512-$(openssl dgst -sha512 -binary "$package" | base64 | tr -d '\n')
  # An answer without one, and npm's E404, mean that the version is not published. Any other failure ends the script.
  if ! answer=$(npm view "$spec" dist.integrity --json); then
    [ "$(jq -r '.error.code? // ""' <<<"$answer")" = E404 ] || fail FETCH_FAILED "npm could not say whether $spec is published."
    answer='""'
  fi
  case $(jq -r . <<<"${answer:-\"\"}") in
    "") npm publish "./${package#./}" --access public --provenance --ignore-scripts ;;
    "$integrity") printf '%s was published before, with the same bytes\n' "$spec" ;;
    *) fail CONTRACT_ALTERED "$spec is published with other bytes; release the change under a new version." ;;
  esac
done
