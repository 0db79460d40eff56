# Plans as pages in a headless browser: they speak their languages, fit on screen and paper, and run nothing.
set -euo pipefail
. "$HERE/browser.sh"
[ -n "$browser" ] || {
  echo "no browser is installed, and none can be: the documents are not tested"
  exit 77
}
cp "$HERE/checks/document.mjs" "$TOOLS"
exec node "$TOOLS/document.mjs" "$URL" "$browser" "${CONCORD_CI_SCREENSHOTS:-$WORK}"
