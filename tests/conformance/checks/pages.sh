# The pages in a headless browser: they load whole, from here alone, under their policy, and do what they are for.
set -euo pipefail
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  timeout 240 apt-get install -y --no-install-recommends chromium >/dev/null 2>&1 ||
    { timeout 90 apt-get update >/dev/null 2>&1 && timeout 240 apt-get install -y --no-install-recommends chromium >/dev/null 2>&1; } || true
  browser=$(command -v chromium || true)
fi
[ -n "$browser" ] || {
  echo "no browser is installed, and none can be: the pages are not tested"
  exit 77
}
cp "$HERE/checks/pages.mjs" "$TOOLS"
exec node "$TOOLS/pages.mjs" "$URL" "$browser" "${CONCORD_SCREENSHOTS:-$WORK}"
