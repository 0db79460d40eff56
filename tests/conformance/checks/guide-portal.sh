# What the guide for portals says, done as it says; then its portal in a browser.
set -euo pipefail
. "$HERE/browser.sh"
guide=("$HERE/guides/run.mjs" "$ROOT/docs/guides/portal.md")
[ -n "$browser" ] || {
  node "${guide[@]}"
  echo "no browser is installed, and none can be: the guide's portal is tested without one"
  exit 77
}
cp "$HERE/guides/portal.mjs" "$TOOLS"
export BROWSER=$browser SCREENSHOTS="${CONCORD_CI_SCREENSHOTS:-$WORK}"
exec node "${guide[@]}" --then "$TOOLS/portal.mjs"
