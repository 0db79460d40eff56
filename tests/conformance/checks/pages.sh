# The pages in a headless browser: they load whole, from here alone, under their policy, and do what they are for.
set -euo pipefail
. "$HERE/browser.sh"
[ -n "$browser" ] || {
  echo "no browser is installed, and none can be: the pages are not tested"
  exit 77
}
cp "$HERE/checks/pages.mjs" "$TOOLS"
exec node "$TOOLS/pages.mjs" "$URL" "$browser" "${CONCORD_CI_SCREENSHOTS:-$WORK}"
